import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@gemel/sqlite';
import type { Bindable } from '@gemel/sqlite';
import { describeStoredDocuments, thingChange } from '@gemel/testkit/contracts';
import type { OpenedDocuments } from '@gemel/testkit/contracts';
import { openEmbeddedStore } from './index.js';
import type { EmbeddedStore } from './index.js';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
const TABLES = { thing: 'things', policy: 'policies' } as const;

async function opened(): Promise<OpenedDocuments> {
  const folder = await mkdtemp(join(tmpdir(), 'gemel-documents-'));
  const stores: EmbeddedStore[] = [];
  const open = async () => {
    const store = await openEmbeddedStore({ folder, log: SILENT });
    stores.push(store);
    return store;
  };
  const store = await open();
  const database = await openDatabase(join(folder, 'twins.db'), { durability: 'full' });
  const run = async (sql: string, ...values: readonly Bindable[]) => {
    database.prepare(sql).run(...values);
  };
  return {
    log: store,
    archive: store.archive,
    documents: store.documents,
    states: open,
    settled: async () => {
      store.writeStates();
    },
    spoil: {
      document: async (entity, id, { content, revision }) => {
        const table = TABLES[entity];
        if (content !== undefined) await run(`UPDATE ${table} SET content = ? WHERE id = ?`, content, id);
        if (revision !== undefined) await run(`UPDATE ${table} SET revision = ? WHERE id = ?`, revision, id);
      },
      removal: (entity, id) => run(`DELETE FROM ${TABLES[entity]} WHERE id = ?`, id),
      names: (policyId) => run("INSERT INTO policy_names (kind, name, id) VALUES ('subject', 'x:nobody', ?)", policyId),
      event: (entity, id, revision) =>
        run('DELETE FROM events WHERE entity = ? AND id = ? AND revision = ?', entity, id, revision),
      owner: (id, revision, other) =>
        run(
          "UPDATE events SET event = replace(event, ?, ?) WHERE entity = 'thing' AND id = ? AND revision = ?",
          id,
          other,
          id,
          revision,
        ),
    },
    close: async () => {
      database.close();
      await Promise.all(stores.map((each) => each.close()));
      await rm(folder, { recursive: true });
    },
  };
}

describeStoredDocuments('EmbeddedStore', opened);

describe('a place of events that is lost', () => {
  it('is told of once it must be there, and shows nobody the events of another thing when it is wrong', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gemel-documents-'));
    const store = await openEmbeddedStore({ folder, log: SILENT });
    const database = await openDatabase(join(folder, 'twins.db'), { durability: 'full' });
    const faults = async () => (await store.documents.logPage(0, 10)).faults;
    await store.append([thingChange('a:x', 1), thingChange('a:y', 1)]);
    await store.append([thingChange('a:x', 2)]);
    expect(await faults()).toEqual([]);
    store.writeStates();
    expect(await faults()).toEqual([]);
    database.exec("UPDATE event_places SET positions = '[2]' WHERE id = 'a:x' AND revision = 2");
    const lost = await faults();
    expect(lost).toMatchObject([{ position: 3, detail: 'the event is not found by what it is of' }]);
    const positions = async () => {
      const history = await store.history('thing', 'a:x', { from: 1, to: 9 });
      return history.map(({ position }) => position);
    };
    expect(await positions()).toEqual([1]);
    await lost[0]?.mend?.();
    expect([await faults(), await positions()]).toEqual([[], [1, 3]]);
    for (const spoil of ['DELETE FROM event_places', "UPDATE event_places SET positions = '[1'"]) {
      database.exec(`${spoil} WHERE id = 'a:x'`);
      for (const { mend } of await faults()) await mend?.();
      expect([await faults(), await positions()]).toEqual([[], [1, 3]]);
    }
    database.close();
    await store.close();
    await rm(folder, { recursive: true });
  });
});
