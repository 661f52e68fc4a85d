export { MemoryLiveBus } from './memory-live-bus.js';
export { MemorySearch } from './memory-search.js';
export { MemoryStore } from './memory-store.js';
export { MemoryHistory } from './memory-history.js';
export { RelayedLog } from './relayed-log.js';
export { MemoryLeases } from './memory-leases.js';
export { MemoryPresences } from './memory-presences.js';
export { VirtualTimers } from './virtual-timers.js';
