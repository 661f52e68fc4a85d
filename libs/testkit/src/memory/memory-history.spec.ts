import { describeHistoryStore } from '../contracts/index.js';
import type { OpenedHistory } from '../contracts/index.js';
import { MemoryHistory } from './memory-history.js';

function opened(history: MemoryHistory): OpenedHistory {
  return { history, reopen: () => Promise.resolve(opened(history)), close: () => Promise.resolve() };
}

describeHistoryStore('MemoryHistory', () => Promise.resolve(opened(new MemoryHistory())));
