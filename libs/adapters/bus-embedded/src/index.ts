export { EmbeddedFeed } from './embedded-feed.js';
export type { EmbeddedFeedOptions } from './embedded-feed-options.js';
export { EmbeddedLiveBus } from './embedded-live-bus.js';
