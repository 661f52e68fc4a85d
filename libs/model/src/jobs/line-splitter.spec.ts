import fc from 'fast-check';
import { LineSplitter } from './index.js';

const splitter = (max = 1_000) => new LineSplitter(max);

describe('a splitter of lines', () => {
  it('cuts text in whatever pieces it comes', () => {
    const text = fc
      .array(fc.string({ unit: fc.constantFrom('a', '\n', '\r\n', 'ä', '😀', ' ') }))
      .map((parts) => parts.join(''));
    const cuts = fc.array(fc.nat(200));
    fc.assert(
      fc.property(text, cuts, (whole, places) => {
        const ends = [...places.map((place) => Math.min(place, whole.length)), whole.length].sort((a, b) => a - b);
        const pieces = ends.map((end, index) => whole.slice(index === 0 ? 0 : ends[index - 1], end));
        const split = splitter(10_000);
        const lines = [...pieces.flatMap((piece) => split.push(piece)), ...split.end()];
        const expected = whole.split('\n').map((line) => line.replace(/\r$/, ''));
        if (whole === '' || whole.endsWith('\n')) expected.pop();
        expect(lines).toEqual(expected);
      }),
    );
  });

  it('gives the lines before one that is too long, whether or not that has ended, and none after it', () => {
    const ended = splitter(3);
    expect([ended.push('ab\nabcd\nab\n'), ended.isOver]).toEqual([['ab'], true]);
    expect([ended.push('ab\n'), ended.end()]).toEqual([[], []]);
    const slow = splitter(3);
    expect([slow.push('ab'), slow.isOver]).toEqual([[], false]);
    expect([slow.push('cd'), slow.isOver, slow.end()]).toEqual([[], true, []]);
    const fits = splitter(3);
    expect([fits.push('abc\n'), fits.isOver]).toEqual([['abc'], false]);
  });
});
