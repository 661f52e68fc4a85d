import { RevisionConflict } from '@gemel/application/ports';
import { simulatedSystem } from '@gemel/wiring';
import {
  describeEventLog,
  describeHistoryStore,
  describeLeaseStore,
  describeStateStore,
  describeThingSearch,
  thingChange,
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
import type { SystemUnderTest } from './system-under-test.js';

let system: SystemUnderTest;
beforeAll(async () => {
  system = await simulatedSystem();
});

/** In fair weather, the fakes keep what every adapter promises. */
function newProcess(name: string) {
  const world = new VirtualWorld(name);
  return { process: new VirtualProcess(name, { world, weather: () => CALM }), stop: runFreely(world) };
}

function replicaStore(shared: SharedStore, process: VirtualProcess, leases = new SharedLeases()): ReplicaStore {
  return new ReplicaStore({ shared, process, leases: new ReplicaLeases(leases, process), system });
}

function openedStore(shared: SharedStore): OpenedStore {
  const { process, stop } = newProcess('things');
  const store = replicaStore(shared, process);
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

describe('a writer that dies right after its commit', () => {
  function open() {
    const world = new VirtualWorld('test');
    const [process, survivor] = ['a', 'b'].map((name) => new VirtualProcess(name, { world, weather: () => CALM }));
    if (process === undefined || survivor === undefined) throw new Error('two processes were made');
    const shared = new SharedStore();
    shared.onCommit(() => process.crash());
    return { world, process, survivor, shared };
  }

  it('leaves no document, and whoever reads has the state from the log nevertheless', async () => {
    const { world, process, survivor, shared } = open();
    const { id } = thingChange('a:x', 1).event;
    void replicaStore(shared, process).append([thingChange('a:x', 1)]);
    await world.run(100);
    expect([shared.end, shared.thing(id)]).toEqual([1, undefined]);

    const other = replicaStore(shared, survivor);
    const seen: unknown[] = [];
    void other.thing(thingChange('a:x', 1).event.id).then((state) => seen.push(state?.revision));
    other.append([thingChange('a:x', 1)]).catch((reason: unknown) => seen.push(reason));
    await world.run(200);
    expect(seen).toHaveLength(2);
    expect(seen).toContain(1);
    expect(seen.find((each) => each instanceof Error)).toBeInstanceOf(RevisionConflict);
  });

  it('leaves the version of its guard behind, until somebody runs into it', async () => {
    const { world, process, survivor, shared } = open();
    const guard = { name: 'trees', version: 0 };
    void replicaStore(shared, process).append([thingChange('a:x', 1)], guard);
    await world.run(100);
    expect(shared.guardVersion('trees')).toBe(0);
    replicaStore(shared, survivor)
      .append([thingChange('a:y', 1)], guard)
      .catch(() => undefined);
    await world.run(200);
    expect([shared.guardVersion('trees'), shared.end]).toEqual([1, 1]);
  });
});
