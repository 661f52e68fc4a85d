import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseThingId } from '@gemel/model/ids';
import { FolderInUse, lockFolder } from '@gemel/sqlite';
import { readAll } from '@gemel/testkit/contracts';
import { openEmbeddedStore } from './index.js';

const LOG = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

/** Runs on what `npm run build` made: 8 writers that say `id revision` of each append once it is acknowledged. */
const WRITER = `
  import { writeSync } from 'node:fs';
  import { lockFolder } from '@gemel/sqlite';
  import { openEmbeddedStore } from '@gemel/store-embedded';
  import { parsePolicyId, parseThingId } from '@gemel/model/ids';

  const folder = process.env.CRASH_FOLDER;
  await lockFolder(folder);
  const log = { error() {}, warn() {}, info() {}, debug() {} };
  const store = await openEmbeddedStore({ folder, log });
  const policyId = parsePolicyId('a:policy');
  for (let writer = 0; writer < 8; writer += 1) void write(parseThingId('a:' + writer));

  async function write(id) {
    for (let revision = ((await store.thing(id))?.revision ?? 0) + 1; ; revision += 1) {
      const thing = { thingId: id, policyId, attributes: { revision, text: 'x'.repeat(revision % 3_000) } };
      const action = revision === 1 ? 'created' : 'modified';
      const event = { entity: 'thing', id, revision, timestamp: 0, path: [], action, value: thing, headers: {} };
      const state = { thing, revision, created: 0, modified: 0, deleted: false };
      await store.append([{ entity: 'thing', event, state }]);
      writeSync(1, id + ' ' + revision + '\\n');
    }
  }
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gemel-crash-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Starts the writers and kills them after so many acknowledgements; the last acknowledged revision of each thing. */
async function crashAfter(count: number, meanwhile: () => Promise<void>): Promise<ReadonlyMap<string, number>> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', WRITER], {
    cwd: PACKAGE,
    env: { ...process.env, CRASH_FOLDER: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const acknowledged = new Map<string, number>();
  let lines = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [id = '', revision] = line.split(' ');
    acknowledged.set(id, Number(revision));
    lines += 1;
    if (lines === 1) await meanwhile();
    if (lines === count) child.kill('SIGKILL');
  }
  await exited;
  return acknowledged;
}

describe('after kill -9', () => {
  it('has every acknowledged append, without gaps, and the folder is free', async () => {
    for (const count of [20, 333, 500, 41]) {
      const acknowledged = await crashAfter(count, () => expect(lockFolder(folder)).rejects.toThrow(FolderInUse));
      expect(acknowledged.size).toBe(8);

      const lock = await lockFolder(folder);
      const store = await openEmbeddedStore({ folder, log: LOG });
      const all = await readAll(store, 500);
      expect(all.map(({ position }) => position)).toEqual(all.map((_, index) => index + 1));
      expect(await store.end()).toBe(all.length);
      for (const [id, revision] of acknowledged) {
        const revisions = all.filter(({ event }) => event.id === id).map(({ event }) => event.revision);
        expect(revisions).toEqual(revisions.map((_, index) => index + 1));
        expect(revisions.length).toBeGreaterThanOrEqual(revision);
        const state = await store.thing(parseThingId(id));
        expect(state).toMatchObject({
          revision: revisions.length,
          thing: { attributes: { revision: revisions.length } },
        });
      }
      await store.close();
      lock.release();
    }
  }, 60_000);
});
