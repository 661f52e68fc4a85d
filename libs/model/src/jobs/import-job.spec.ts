import fc from 'fast-check';
import { IMPORT_PHASES, IMPORT_START, addCounts, afterPortion, nextPlace, progressOf } from './index.js';
import type { ImportPlace } from './index.js';

/** All places of an import until its end, given what each portion leaves. */
function walk(
  parts: number,
  leaves: (place: ImportPlace) => { settled: number; left: number },
): readonly ImportPlace[] {
  const places: ImportPlace[] = [];
  for (let place = nextPlace(IMPORT_START, parts); place !== undefined && places.length < 10_000;) {
    places.push(place);
    place = nextPlace(afterPortion(place, { counts: {}, ...leaves(place) }), parts);
  }
  return places;
}

describe('the way of an import', () => {
  it('leads through all portions of each phase once when nothing waits', () => {
    const places = walk(3, () => ({ settled: 1, left: 0 }));
    expect(places.map(({ phase, part }) => `${phase} ${part}`)).toEqual(
      IMPORT_PHASES.flatMap((phase) => [0, 1, 2].map((part) => `${phase} ${part}`)),
    );
    expect(walk(0, () => ({ settled: 0, left: 0 }))).toEqual([]);
  });

  it('passes again for what waits, and once more to refuse it when nothing comes of that', () => {
    const places = walk(1, ({ phase, pass, isLast }) =>
      phase !== 'twin' || isLast
        ? { settled: 1, left: 0 }
        : pass < 2
          ? { settled: 1, left: 2 }
          : { settled: 0, left: 2 },
    );
    expect(places.filter(({ phase }) => phase === 'twin').map(({ pass, isLast }) => [pass, isLast])).toEqual([
      [0, false],
      [1, false],
      [2, false],
      [3, true],
    ]);
  });

  it('ends whatever portions leave, and its progress never goes back', () => {
    const left = fc.func(fc.record({ settled: fc.nat(1), left: fc.nat(2) }));
    fc.assert(
      fc.property(fc.nat(4), left, (parts, leaves) => {
        // What is settled never waits again: as in an import, where each line is settled once.
        let rest = 20;
        const places = walk(parts, (place) => {
          const { settled, left: waits } = leaves(place.phase, place.pass, place.part);
          const done = Math.min(rest, settled);
          rest -= done;
          return { settled: done, left: place.isLast ? 0 : waits };
        });
        expect(places.length).toBeLessThan(10_000);
        const progress = places.map((place) => progressOf(place, parts));
        expect(progress).toEqual([...progress].sort((a, b) => a - b));
      }),
    );
  });

  it('adds up what became of lines', () => {
    const one = addCounts({ created: 1, changed: 2, unchanged: 3, failed: 4 }, { created: 1, failed: 1 });
    expect(one).toEqual({ created: 2, changed: 2, unchanged: 3, failed: 5 });
  });
});
