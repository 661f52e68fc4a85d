export { namesOf, policyChange, readAll, thingChange, thingDeletion } from './changes.js';
export { describeEventFeed } from './describe-event-feed.js';
export type { OpenedFeed, Pause } from './describe-event-feed.js';
export { describeEventLog } from './describe-event-log.js';
export { describeHistoryStore } from './describe-history-store.js';
export type { OpenedHistory } from './describe-history-store.js';
export { describeStateStore } from './describe-state-store.js';
export { describeThingSearch } from './describe-thing-search.js';
export type { OpenedStore } from './opened-store.js';
