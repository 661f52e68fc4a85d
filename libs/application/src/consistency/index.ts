export { ConsistencyCheck } from './consistency-check.js';
export type { CheckOptions, CheckProgress, Finding } from './consistency-check.js';
export type { FaultKind } from './judge.js';
