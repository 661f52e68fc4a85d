import {
  describeEventLog,
  describePolicyDirectory,
  describeStateArchive,
  describeStateStore,
  describeThingSearch,
} from '../contracts/index.js';
import type { OpenedStore } from '../contracts/index.js';
import { MemorySearch } from './memory-search.js';
import { MemoryStore } from './memory-store.js';

function opened(store: MemoryStore): OpenedStore {
  return {
    log: store,
    states: store,
    search: new MemorySearch(store),
    archive: store.archive,
    directory: store.directory,
    reopen: () => Promise.resolve(opened(store)),
    close: () => Promise.resolve(),
  };
}

const open = () => Promise.resolve(opened(new MemoryStore()));

describeEventLog('MemoryStore', open);
describeStateArchive('MemoryStore', open);
describePolicyDirectory('MemoryStore', open);
describeStateStore('MemoryStore', open);
describeThingSearch('MemorySearch', open);
