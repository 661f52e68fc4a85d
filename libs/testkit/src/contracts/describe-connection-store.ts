import type { ConnectionBoard, ConnectionRecord, ConnectionReport, ConnectionStore } from '@gemel/application/ports';
import { parseConnectionId } from '@gemel/model/connections';

/** A store for one test, empty. */
export interface OpenedConnections {
  readonly store: ConnectionStore;
  /** The same as another replica sees it; may be the same object. */
  readonly others: ConnectionStore;
  /** The same after a restart; the one before must not be used any more. */
  reopen(): Promise<ConnectionStore>;
  close(): Promise<void>;
}

export interface OpenedConnectionBoard {
  readonly board: ConnectionBoard;
  readonly others: ConnectionBoard;
  close(): Promise<void>;
}

const CARS = parseConnectionId('cars');
const BIKES = parseConnectionId('bikes:1');

function record(change: Partial<ConnectionRecord> = {}): ConnectionRecord {
  return {
    id: CARS,
    revision: 1,
    created: 1_700_000_000_000,
    modified: 1_700_000_000_000,
    deleted: false,
    definition: { id: 'cars', uri: 'tcp://broker:1883', specificConfig: { 'a.b': '$where', '': 'ä' } },
    ...change,
  };
}

/** What every store of connections promises. */
export function describeConnectionStore(name: string, open: () => Promise<OpenedConnections>): void {
  describe(`${name} as a store of connections`, () => {
    let opened: OpenedConnections;

    beforeEach(async () => {
      opened = await open();
    });

    afterEach(() => opened.close());

    it('is empty at first', async () => {
      const { store } = opened;
      expect([await store.connections(), await store.connection(CARS)]).toEqual([[], undefined]);
      expect([...(await store.connectionOrders())]).toEqual([]);
    });

    it('tells those who listen of each change that is made here', async () => {
      const { store } = opened;
      const heard: number[] = [];
      const unlisten = store.onChange(() => heard.push(heard.length));
      await store.orderConnection(CARS, { logsSince: 1 });
      expect(heard).toEqual([0]);
      await store.putConnection(record());
      await store.relockConnection(record({ definition: {} }));
      unlisten();
      await store.orderConnection(CARS, { logsSince: 2 });
      expect(heard).toEqual([0, 1, 2]);
    });

    it('gives everybody what was put last, and what was before', async () => {
      const { store, others } = opened;
      await store.putConnection(record());
      await others.putConnection(record({ revision: 2, modified: 1_700_000_000_001, definition: { name: 'Cars' } }));
      expect(await store.connection(CARS)).toEqual(
        record({ revision: 2, modified: 1_700_000_000_001, definition: { name: 'Cars' } }),
      );
      expect(await store.pastConnection(CARS, 1)).toEqual(record());
      expect(await store.pastConnection(CARS, 3)).toBeUndefined();
    });

    it('refuses a revision that is not the next', async () => {
      const { store, others } = opened;
      await store.putConnection(record());
      for (const revision of [1, 3]) {
        await expect(others.putConnection(record({ revision }))).rejects.toMatchObject({
          code: 'gemel:revision.conflict',
        });
      }
      const racing = [store, others].map((each) => each.putConnection(record({ revision: 2 })));
      const outcomes = await Promise.allSettled(racing);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    it('lists by id those that are not deleted, and goes on counting after a deletion', async () => {
      const { store, others } = opened;
      await store.putConnection(record());
      await store.putConnection(record({ id: BIKES }));
      expect((await others.connections()).map(({ id }) => id)).toEqual(['bikes:1', 'cars']);
      await store.putConnection(record({ revision: 2, deleted: true }));
      expect((await others.connections()).map(({ id }) => id)).toEqual(['bikes:1']);
      expect(await others.connection(CARS)).toMatchObject({ deleted: true, revision: 2 });
      await expect(store.putConnection(record())).rejects.toMatchObject({ code: 'gemel:revision.conflict' });
      await store.putConnection(record({ revision: 3 }));
      expect(await others.connections()).toHaveLength(2);
    });

    it('takes another definition for the same revision', async () => {
      const { store, others } = opened;
      await store.putConnection(record());
      await store.relockConnection(record({ definition: { uri: 'locked' } }));
      expect(await others.connection(CARS)).toMatchObject({ revision: 1, definition: { uri: 'locked' } });
      expect(await others.pastConnection(CARS, 1)).toMatchObject({ definition: { uri: 'locked' } });
    });

    it('keeps orders, the last of each connection', async () => {
      const { store, others } = opened;
      await store.orderConnection(CARS, { logsSince: 1, logsUntil: 2 });
      await others.orderConnection(CARS, { metricsResetAt: 3 });
      await store.orderConnection(BIKES, { logsResetAt: 4 });
      expect(new Map(await others.connectionOrders())).toEqual(
        new Map([
          ['cars', { metricsResetAt: 3 }],
          ['bikes:1', { logsResetAt: 4 }],
        ]),
      );
    });

    it('tells by its version that something has changed', async () => {
      const { store, others } = opened;
      const versions = [await others.connectionsVersion()];
      await store.putConnection(record());
      versions.push(await others.connectionsVersion());
      await store.orderConnection(CARS, {});
      versions.push(await others.connectionsVersion(), await others.connectionsVersion());
      expect(new Set(versions).size).toBe(3);
    });

    it('keeps all of it over a restart', async () => {
      await opened.store.putConnection(record());
      await opened.store.orderConnection(CARS, { logsSince: 1 });
      const store = await opened.reopen();
      expect(await store.connections()).toEqual([record()]);
      expect((await store.connectionOrders()).get('cars')).toEqual({ logsSince: 1 });
    });
  });
}

/** What every board of reports promises. */
export function describeConnectionBoard(name: string, open: () => Promise<OpenedConnectionBoard>): void {
  const report = (change: Partial<ConnectionReport> = {}): ConnectionReport => ({
    connectionId: 'cars',
    client: 0,
    instance: 'a',
    at: 1,
    says: { 'a.b': { $x: null } },
    ...change,
  });

  describe(`${name} as a board of reports on connections`, () => {
    let opened: OpenedConnectionBoard;

    beforeEach(async () => {
      opened = await open();
    });

    afterEach(() => opened.close());

    it('shows everybody the last report on each client', async () => {
      const { board, others } = opened;
      await board.postReports([]);
      await board.postReports([report(), report({ client: 1 }), report({ connectionId: 'bikes' })]);
      await others.postReports([report({ instance: 'b', at: 2 })]);
      const reports = (await board.reportsOf('cars')).toSorted((a, b) => a.client - b.client);
      expect(reports).toEqual([report({ instance: 'b', at: 2 }), report({ client: 1 })]);
      expect(await board.reportsOf('trains')).toEqual([]);
    });

    it('tells for how long a process has not said that it is there', async () => {
      const { board, others } = opened;
      await board.sayGone('a');
      await board.postReports([report(), report({ client: 1, instance: 'b' })]);
      await board.sayPresent('a');
      const silentMs = async (client: number) =>
        (await others.reportsOf('cars')).find((each) => each.client === client)?.silentMs;
      expect([await silentMs(0), await silentMs(1)]).toEqual([expect.any(Number), undefined]);
      expect(await others.present(3_600_000)).toEqual(['a']);
      while (((await silentMs(0)) ?? 0) < 20);
      expect(await others.present(10)).toEqual([]);
      await board.sayPresent('b');
      await board.sayGone('a');
      expect([await silentMs(0), await others.present(3_600_000)]).toEqual([undefined, ['b']]);
    });

    it('takes away only what the same instance has posted', async () => {
      const { board, others } = opened;
      await board.postReports([report(), report({ client: 1 })]);
      await others.removeReport('cars', 0, 'b');
      await others.removeReport('cars', 1, 'a');
      expect(await board.reportsOf('cars')).toEqual([report()]);
    });
  });
}
