import {
  describeEventLog,
  describeHistoryStore,
  describeLeaseStore,
  describeStateStore,
  describeThingSearch,
} from '../contracts/index.js';
import type { OpenedHistory, OpenedStore } from '../contracts/index.js';
import { MemoryHistory } from '../memory/index.js';
import { runFreely } from './free-run.js';
import { ReplicaHistory } from './replica-history.js';
import { ReplicaStore } from './replica-store.js';
import { ReplicaLeases, SharedLeases } from './shared-leases.js';
import { SharedStore } from './shared-store.js';
import { CALM, VirtualProcess } from './virtual-process.js';
import { VirtualWorld } from './virtual-world.js';

/** In fair weather, the fakes keep what every adapter promises. */
function newProcess(name: string) {
  const world = new VirtualWorld(name);
  return { process: new VirtualProcess(name, { world, weather: () => CALM }), stop: runFreely(world) };
}

function openedStore(shared: SharedStore): OpenedStore {
  const { process, stop } = newProcess('things');
  const store = new ReplicaStore(shared, process);
  const close = () => {
    stop();
    return Promise.resolve();
  };
  return {
    log: store,
    states: store,
    search: store,
    archive: store.archive,
    directory: store.directory,
    reopen: async () => {
      await close();
      return openedStore(shared);
    },
    close,
  };
}

function openedHistory(shared: MemoryHistory): OpenedHistory {
  const { process, stop } = newProcess('historian');
  const close = () => {
    stop();
    return Promise.resolve();
  };
  return {
    history: new ReplicaHistory(shared, process),
    reopen: async () => {
      await close();
      return openedHistory(shared);
    },
    close,
  };
}

const open = () => Promise.resolve(openedStore(new SharedStore()));

describeEventLog('ReplicaStore', open);
describeStateStore('ReplicaStore', open);
describeThingSearch('ReplicaStore', open);
describeHistoryStore('ReplicaHistory', () => Promise.resolve(openedHistory(new MemoryHistory())));
describeLeaseStore('ReplicaLeases', () => {
  const shared = new SharedLeases();
  const [one, two] = [newProcess('one'), newProcess('two')];
  return Promise.resolve({
    leases: new ReplicaLeases(shared, one.process),
    others: new ReplicaLeases(shared, two.process),
    close: () => {
      one.stop();
      two.stop();
      return Promise.resolve();
    },
  });
});
