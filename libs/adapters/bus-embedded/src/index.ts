export { EmbeddedFeed } from './embedded-feed.js';
export type { EmbeddedFeedOptions } from './embedded-feed-options.js';
