export { DatabaseUnusable } from './client.js';
export type { MongoAddress } from './client.js';
export { openMongoStore } from './mongo-store.js';
export type { MongoStore, MongoStoreOptions } from './mongo-store.js';
