export { openBreakableNetwork } from './breakable-network.js';
export type { BreakableNetwork } from './breakable-network.js';
