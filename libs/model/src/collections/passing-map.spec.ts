import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { PassingMap } from './passing-map.js';

const BYTES_EACH = 1_000;
const PASSING = 20_000;
const UNDER_WAY = 10;

type Step = { readonly set: number } | { readonly delete: number } | 'clear';

describe('PassingMap', () => {
  it('holds what a Map holds, in the same order', () => {
    const key = fc.nat(30);
    const step = fc.oneof(
      { weight: 60, arbitrary: fc.record({ set: key }) },
      { weight: 40, arbitrary: fc.record({ delete: key }) },
      { weight: 1, arbitrary: fc.constant('clear' as const) },
    );
    fc.assert(
      fc.property(fc.array<Step>(step, { maxLength: 1_000, size: 'max' }), (steps) => {
        const [map, passing] = [new Map<number, number>(), new PassingMap<number, number>()];
        for (const [index, each] of steps.entries()) {
          if (each === 'clear') {
            map.clear();
            passing.clear();
          } else if ('set' in each) {
            map.set(each.set, index);
            passing.set(each.set, index);
          } else {
            expect(passing.delete(each.delete)).toBe(map.delete(each.delete));
          }
          expect(passing.size).toBe(map.size);
        }
        expect([...passing.keys()]).toEqual([...map.keys()]);
        expect([...passing.values()]).toEqual([...map.values()]);
        for (const [at, value] of map) {
          expect(passing.has(at)).toBe(true);
          expect(passing.get(at)).toBe(value);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('lets what has left it be collected young, when it is old itself', () => {
    const bytes = bytesThatGetOld(new PassingMap<number, unknown>());
    expect(bytes).toBeLessThan(0.05 * PASSING * BYTES_EACH);
  });

  it('is needed as long as a Map does not', () => {
    const bytes = bytesThatGetOld(new Map<number, unknown>());
    expect(bytes).toBeGreaterThan(0.05 * PASSING * BYTES_EACH);
  });
});

interface Passed {
  set(key: number, value: unknown): unknown;
  delete(key: number): boolean;
}

function bytesThatGetOld(map: Passed): number {
  const collect = collector();
  let next = 0;
  const pass = () => {
    map.set(
      next,
      Array.from({ length: BYTES_EACH / 8 }, () => next),
    );
    map.delete(next - UNDER_WAY);
    next++;
  };
  while (next < UNDER_WAY) pass();
  collect();
  const before = oldBytes();
  for (const end = next + PASSING; next < end;) {
    pass();
    if (next % 1_000 === 0) collect({ type: 'minor' });
  }
  return oldBytes() - before;
}

function oldBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space')?.space_used_size ?? 0;
}

function collector(): (options?: { readonly type: 'minor' }) => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void;
}
