import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import { NO_MAPPING, ownType, parseVersion } from '@gemel/model/types';
import { MemoryRecords } from '@gemel/testkit/memory';
import type { SearchService } from '../search/index.js';
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

function migrationsOn(stream: SearchService['stream']): Migrations {
  return new Migrations({
    access: { readable: () => Promise.resolve() as never, writable: () => Promise.reject(new Error('not asked for')) },
    catalog: {
      versions: {
        get: (_id, version) =>
          Promise.resolve({ version, type, children: [], revision: 1, frozenAt: 0, note: undefined }),
      },
    },
    search: { stream, all: () => Promise.reject(new Error('all twins would be held')) },
    runner: { run: async (make, { dryRun }, context) => ({ ...(await make(context)), dryRun }) },
    records: new MemoryRecords(),
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
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const [size, count] = [100, 20_000];
    let told: WeakRef<JsonObject>[] = [];
    let most = 0;
    const stream = () =>
      inPortions(count, (twins) => {
        if (told.length > 4_000) {
          collect();
          told = told.filter((twin) => twin.deref() !== undefined);
          most = Math.max(most, told.length);
        }
        told.push(...twins.map((twin) => new WeakRef(twin)));
      });

    const { twins } = await migrationsOn(stream).preview(car, asked, { after: '', size }, caller);

    expect(twins).toBe(count);
    expect(most).toBeGreaterThanOrEqual(size);
    expect(most).toBeLessThanOrEqual(size + 2 * PORTION);
  });
});
