export { EmbeddedStore, openEmbeddedStore } from './embedded-store.js';
export type { EmbeddedStoreOptions } from './embedded-store.js';
export { DataDamaged, DataFromNewerVersion } from './schema.js';
