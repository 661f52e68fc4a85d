import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { policyChange } from '@gemel/testkit/contracts';
import { openDatabase } from '@gemel/sqlite';
import { openEmbeddedStore } from './index.js';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
const ALL = { prefix: '', direction: 'asc', limit: 10 } as const;

it.each(['policy_names', 'policy_due'])(
  'fills %s with policies that were written by a Gemel which did not have it',
  async (table) => {
    const folder = await mkdtemp(join(tmpdir(), 'gemel-directory-'));
    const before = await openEmbeddedStore({ folder, log: SILENT });
    const { event, state } = policyChange('a:1', 1);
    const subject = { type: 't', expiry: '2030-01-01T00:00:00Z' };
    const entry = { subjects: { 'x:1': subject }, resources: {}, importable: 'implicit' } as const;
    const named = { ...state, policy: { ...state.policy, entries: { x: entry } } };
    await before.append([{ entity: 'policy', event, state: named }]);
    await before.close();
    const database = await openDatabase(join(folder, 'twins.db'), { durability: 'full' });
    database.exec(`DROP TABLE ${table}`);
    if (table === 'policy_names') database.exec('DROP TABLE policy_revisions');
    database.close();

    const store = await openEmbeddedStore({ folder, log: SILENT });
    expect(await store.directory.find({ ...ALL, naming: { subjects: ['x:1'], imports: [] } })).toEqual([named]);
    expect(await store.directory.due({ by: Date.UTC(2030, 0, 1), limit: 10 })).toEqual([named]);
    await store.close();
    await rm(folder, { recursive: true });
  },
);
