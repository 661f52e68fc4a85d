export type { EmbeddedConnections } from './embedded-connections.js';
export { EmbeddedStore, openEmbeddedStore } from './embedded-store.js';
export type { EmbeddedStoreOptions } from './embedded-store.js';
export { openEmbeddedConnections } from './open-embedded-connections.js';
export { DataDamaged, DataFromNewerVersion } from './schema.js';
