import fc from 'fast-check';
import { byLine } from './by-line.js';

async function* portions(lines: readonly (readonly number[])[]) {
  for (const portion of lines) yield portion.map((line) => ({ line }));
}

describe('errors by line', () => {
  it('come in order, all of them, whatever portions they are in', async () => {
    const portion = fc.array(fc.nat(1_000), { maxLength: 5 });
    const sequence = fc
      .tuple(fc.array(fc.nat(1_000), { maxLength: 300 }), fc.array(portion))
      .map(([long, more]) => [...more, long].flat().toSorted((a, b) => a - b))
      .map((lines) => [lines.slice(0, 3), [], lines.slice(3, 4), lines.slice(4)]);
    await fc.assert(
      fc.asyncProperty(fc.array(sequence, { maxLength: 4 }), async (sequences) => {
        const found: number[] = [];
        for await (const items of byLine(sequences.map(portions))) {
          expect(items.length).toBeGreaterThan(0);
          expect(items.length).toBeLessThanOrEqual(200);
          found.push(...items.map(({ line }) => Number(line)));
        }
        expect(found).toEqual(sequences.flat(2).toSorted((a, b) => a - b));
      }),
    );
  });
});
