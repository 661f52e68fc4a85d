export { DatabaseUnusable } from './connect.js';
export type { MongoAddress } from './connect.js';
export { openMongoStore } from './mongo-store.js';
export type { MongoStore, MongoStoreOptions } from './mongo-store.js';
