import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CompositionTooLarge } from '@gemel/model/composition';
import { parseThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import { NO_MAPPING, ownType, parseVersion } from '@gemel/model/types';
import { MemoryRecords } from '@gemel/testkit/memory';
import { MAX_THINGS } from '../composition/index.js';
import type { SearchService } from '../search/index.js';
import { migrationRecord } from './migration-record.js';
import { Migrations } from './migrations.js';

const car = parseThingId('x:car');
const caller = { subjects: [parseSubjectId('test:owner')], headers: {} } as const;
const type = ownType(car, { features: { f: { properties: { gain: 1 } } } });
const asked = { to: parseVersion('1.0.0'), from: undefined, mapping: NO_MAPPING };
const PORTION = 200;

const idAt = (index: number) => `x:twin-${String(index).padStart(6, '0')}`;
const twinAt = (index: number): JsonObject => ({
  thingId: idAt(index),
  attributes: { type: car, _isType: false },
});

function migrationsOn(stream: SearchService['stream'], records = new MemoryRecords()): Migrations {
  return new Migrations({
    access: { readable: () => Promise.resolve() as never, writable: () => Promise.resolve() as never },
    catalog: {
      versions: {
        get: (_id, version) =>
          Promise.resolve({ version, type, children: [], revision: 1, frozenAt: 0, note: undefined }),
      },
    },
    search: { stream },
    runner: { run: async (make, { dryRun }, context) => ({ ...(await make(context)), dryRun }) },
    records,
    ids: { uuid: () => 'id' },
  });
}

/** The twins as a search gives them, by ID. */
async function* inPortions(count: number, told: (twins: readonly JsonObject[]) => void = () => undefined) {
  for (let first = 0; first < count; first += PORTION) {
    await setImmediate();
    const twins = Array.from({ length: Math.min(PORTION, count - first) }, (_, index) => twinAt(first + index));
    told(twins);
    yield twins.map((item, index) => ({ thingId: idAt(first + index), item }));
  }
}

/** How many of so many twins that are told to a search of `use` are held at the same time, at most. */
async function mostHeld(count: number, use: (stream: SearchService['stream']) => Promise<unknown>): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let told: WeakRef<JsonObject>[] = [];
  let most = 0;
  await use(() =>
    inPortions(count, (twins) => {
      if (told.length > 4_000) {
        collect();
        told = told.filter((twin) => twin.deref() !== undefined);
        most = Math.max(most, told.length);
      }
      told.push(...twins.map((twin) => new WeakRef(twin)));
    }),
  );
  return most;
}

describe('the impact of a version', () => {
  it('comes page by page, each with how many twins there are in all', async () => {
    const migrations = migrationsOn(() => inPortions(450));
    const found: string[] = [];
    for (let after = ''; ;) {
      const { outcome, twins, next } = await migrations.preview(car, asked, { after, size: 150 }, caller);
      expect(twins).toBe(450);
      expect(outcome.steps.length).toBeLessThanOrEqual(150);
      found.push(...outcome.steps.map(({ command }) => command.thingId));
      if (next === undefined) break;
      after = next;
    }
    expect(found).toEqual(Array.from({ length: 450 }, (_, index) => idAt(index)));
  });

  it('holds no more twins than the page and a portion, however many there are', async () => {
    const [size, count] = [100, 20_000];
    const most = await mostHeld(count, async (stream) => {
      const { twins } = await migrationsOn(stream).preview(car, asked, { after: '', size }, caller);
      expect(twins).toBe(count);
    });
    expect(most).toBeGreaterThanOrEqual(size);
    expect(most).toBeLessThanOrEqual(size + 2 * PORTION);
  });
});

describe('a migration in one commit', () => {
  it('is refused as soon as more twins change than one holds, without looking at the others', async () => {
    let told = 0;
    const stream = () =>
      inPortions(50_000, (twins) => {
        told += twins.length;
      });
    await expect(migrationsOn(stream).migrate(car, asked, { dryRun: true }, caller)).rejects.toThrow(
      CompositionTooLarge,
    );
    expect(told).toBeLessThanOrEqual(MAX_THINGS + PORTION);
  });

  it('is taken back twin by twin: no more are held than it changed and a portion, however many the type has', async () => {
    const [size, count] = [100, 20_000];
    const records = new MemoryRecords();
    const changed = Array.from({ length: size }, (_, index) => parseThingId(idAt(index * 150)));
    const changes = [{ pointer: ['attributes', '_isType'], before: true, after: false }];
    const twins = changed.map((thingId) => ({ thingId, changes }));
    const migrated = migrationRecord({ typeId: car, from: undefined, to: asked.to }, twins);
    await records.insertRecord('job', 'migration/x:car/id', migrated);
    const most = await mostHeld(count, async (stream) => {
      const { steps } = await migrationsOn(stream, records).undo(car, 'id', { dryRun: true }, caller);
      expect(steps.map(({ command }) => command.thingId)).toEqual(changed);
    });
    expect(most).toBeLessThanOrEqual(size + 2 * PORTION);
  });
});
