export { aPolicy } from './a-policy.js';
export type { EntryDraft } from './a-policy.js';
export { aThing, aThingState } from './a-thing.js';
export type { ThingDraft } from './a-thing.js';
