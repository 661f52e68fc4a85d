import {
  describeEventLog,
  describePolicyDirectory,
  describeLogRetention,
  describeStateArchive,
  describeStateStore,
  describeThingSearch,
} from '../contracts/index.js';
import type { OpenedThinnable } from '../contracts/index.js';
import { MemorySearch } from './memory-search.js';
import { MemoryStore } from './memory-store.js';

function opened(store: MemoryStore): OpenedThinnable {
  return {
    log: store,
    states: store,
    search: new MemorySearch(store),
    archive: store.archive,
    directory: store.directory,
    retention: store,
    reopen: () => Promise.resolve(opened(store)),
    close: () => Promise.resolve(),
  };
}

const open = () => Promise.resolve(opened(new MemoryStore()));

describeEventLog('MemoryStore', open);
describeStateArchive('MemoryStore', open);
describePolicyDirectory('MemoryStore', open);
describeLogRetention('MemoryStore', open);
describeStateStore('MemoryStore', open);
describeThingSearch('MemorySearch', open);
