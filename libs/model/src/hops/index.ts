export { HOPS_HEADER, formatHops, hopDelays, parseHops } from './hops.js';
export type { Hop, HopDelay } from './hops.js';
