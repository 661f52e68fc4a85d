export { MemorySearch } from './memory-search.js';
export { MemoryStore } from './memory-store.js';
export { MemoryHistory } from './memory-history.js';
export { RelayedLog } from './relayed-log.js';
