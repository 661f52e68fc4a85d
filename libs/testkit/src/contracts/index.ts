export { describeHistoryStore } from './describe-history-store.js';
export type { OpenedHistory } from './describe-history-store.js';
