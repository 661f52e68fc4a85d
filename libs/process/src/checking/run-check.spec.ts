import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConsistencyCheck } from '@gemel/application/consistency';
import { FolderInUse, openDatabase } from '@gemel/sqlite';
import { openEmbeddedStore } from '@gemel/store-embedded';
import { thingChange } from '@gemel/testkit/contracts';
import type { JsonObject } from '@gemel/model/json';
import { openCheckedFolder } from '@gemel/wiring';
import { parseCheckArguments } from './check-arguments.js';
import { report } from './run-check.js';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

const HASTY = { now: () => performance.now(), sleep: () => Promise.resolve() };

describe('a check on the command line', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gemel-fsck-'));
    const store = await openEmbeddedStore({ folder, log: SILENT });
    await store.append([thingChange('a:x', 1), thingChange('a:y', 1)]);
    await store.close();
  });
  afterEach(() => rm(folder, { recursive: true }));

  const spoil = async (sql: string) => {
    const database = await openDatabase(join(folder, 'twins.db'), { durability: 'full' });
    database.exec(sql);
    database.close();
  };

  const run = async (args: readonly string[], signal = new AbortController().signal) => {
    const lines: JsonObject[] = [];
    const told: string[] = [];
    const log = { ...SILENT, error: (_fields: object, message: string) => told.push(message) };
    const store = await openEmbeddedStore({ folder, log: SILENT });
    const { documents, archive } = store;
    const check = new ConsistencyCheck({ documents, archive, log: store, timers: HASTY });
    const status = await report({ check }, parseCheckArguments(args), {
      print: (line) => lines.push(line),
      signal,
      log,
    });
    await store.close();
    return { status, lines, told };
  };

  it('has the folder for itself', async () => {
    const store = await openCheckedFolder(folder, SILENT);
    await expect(openCheckedFolder(folder, SILENT)).rejects.toThrow(FolderInUse);
    for await (const { findings } of store.check.run()) expect(findings).toEqual([]);
    await store.close();
  });

  it('sums up what was looked at, with status 0 when nothing is wrong', async () => {
    const { status, lines, told } = await run([]);
    expect([status, told]).toEqual([0, []]);
    const summary = { log: 2, thing: 2, policy: 0, pending: 0, faults: 0, repaired: 0, isComplete: true };
    expect(lines).toMatchObject([{ summary }]);
  });

  it('names what is wrong, says what to do, and ends with status 3 until that was done', async () => {
    await spoil("UPDATE things SET modified = 7 WHERE id = 'a:y'");
    const { status, lines, told } = await run(['--rate', '100000']);
    expect([status, told]).toEqual([3, ['what is stored is not what the log says: run npm run fsck with --repair']]);
    const detail = 'at revision 1 the document differs in modified';
    expect(lines[0]).toEqual({ entity: 'thing', id: 'a:y', kind: 'state', detail });
    const repaired = await run(['--repair', '--from', 'thing/a:x']);
    expect(repaired.status).toBe(0);
    expect(repaired.lines).toMatchObject([{ id: 'a:y', repaired: true }, { summary: { thing: 1, repaired: 1 } }]);
    expect((await run([])).status).toBe(0);
  });

  it('has an event found again that nothing led to', async () => {
    await spoil("DELETE FROM event_places WHERE id = 'a:y'");
    expect((await run([])).status).toBe(3);
    const { status, lines } = await run(['--repair']);
    expect([status, lines]).toMatchObject([
      0,
      [{ entity: 'log', id: '2', kind: 'index', repaired: true }, { summary: { faults: 1, repaired: 1 } }],
    ]);
    expect((await run([])).status).toBe(0);
  });

  it('says how far it came when it was told to stop, with status 1', async () => {
    const { status, lines } = await run(['--from', 'thing/a:x'], AbortSignal.abort());
    expect([status, lines]).toMatchObject([1, [{ summary: { cursor: 'thing/a:x', isComplete: false } }]]);
  });

  it.each([
    [['--rate', '0'], "not '0'"],
    [['--rate', 'many'], "not 'many'"],
    [['--from', 'here'], "not 'here'"],
    [['--from', 'thing'], "not 'thing'"],
    [['--mend'], "Unknown option '--mend'"],
  ])('refuses %j', (args, reason) => {
    expect(() => parseCheckArguments(args)).toThrow(reason);
  });
});
