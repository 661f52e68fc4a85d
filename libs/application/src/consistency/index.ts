export { sentenceOf } from './advice.js';
export { BackgroundCheck } from './background-check.js';
export { ConsistencyCheck } from './consistency-check.js';
export type { CheckOptions, CheckProgress, Finding } from './consistency-check.js';
