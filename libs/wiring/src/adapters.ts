import type { Connector } from '@gemel/application/ports';
import type { ConnectionType } from '@gemel/model/connections';

/**
 * Every adapter by its name. Loaded when chosen, so that a small machine never parses what it does not use;
 * a name without a loader does not compile.
 */
type StoreName = 'embedded' | 'mongo';
type FeedName = 'embedded' | 'kafka';
type HistoryName = 'embedded' | 'influx';
type BrokerName = 'embedded';
type VerifierName = 'oidc';

export const stores = {
  embedded: async () => (await import('@gemel/store-embedded')).openEmbeddedStore,
  mongo: async () => (await import('@gemel/store-mongo')).openMongoStore,
} satisfies Record<StoreName, unknown>;

export const feeds = {
  embedded: async () => (await import('@gemel/bus-embedded')).EmbeddedFeed,
  kafka: async () => (await import('@gemel/bus-kafka')).openKafka,
} satisfies Record<FeedName, unknown>;

/** Carriers of the live channel, named as the feeds are. */
export const liveBuses = {
  embedded: async () => (await import('@gemel/bus-embedded')).EmbeddedLiveBus,
  kafka: async () => (await import('@gemel/bus-kafka')).openKafkaLive,
} satisfies Record<FeedName, unknown>;

export const histories = {
  embedded: async () => (await import('@gemel/history-embedded')).openEmbeddedHistory,
  influx: async () => (await import('@gemel/history-influx')).openPatientInfluxHistory,
} satisfies Record<HistoryName, unknown>;

export const brokers = {
  embedded: async () => (await import('@gemel/broker-embedded')).openEmbeddedBroker,
} satisfies Record<BrokerName, unknown>;

export const verifiers = {
  oidc: async () => (await import('@gemel/auth-oidc')).openOidcVerifier,
} satisfies Record<VerifierName, unknown>;

const mqtt = async () => (await import('@gemel/connector-mqtt')).mqttConnector();

/** What opens connections, by their type. */
export const connectors = { mqtt, 'mqtt-5': mqtt } satisfies Record<ConnectionType, () => Promise<Connector>>;
