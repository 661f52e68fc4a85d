/**
 * Every adapter by its name. Loaded when chosen, so that a small machine never parses what it does not use;
 * a name without a loader does not compile.
 */
type StoreName = 'embedded';
type FeedName = 'embedded';
type HistoryName = 'embedded';
type BrokerName = 'embedded';

export const stores = {
  embedded: async () => (await import('@gemel/store-embedded')).openEmbeddedStore,
} satisfies Record<StoreName, unknown>;

export const feeds = {
  embedded: async () => (await import('@gemel/bus-embedded')).EmbeddedFeed,
} satisfies Record<FeedName, unknown>;

export const histories = {
  embedded: async () => (await import('@gemel/history-embedded')).openEmbeddedHistory,
} satisfies Record<HistoryName, unknown>;

export const brokers = {
  embedded: async () => (await import('@gemel/broker-embedded')).openEmbeddedBroker,
} satisfies Record<BrokerName, unknown>;
