import fc from 'fast-check';
import { LineSplitter } from './index.js';

const splitter = (max = 1_000) => new LineSplitter(max, () => new Error('too long'));

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

  it('takes no line that is too long, whether or not it has ended', () => {
    expect(() => splitter(3).push('ab\nabcd\n')).toThrow('too long');
    const slow = splitter(3);
    slow.push('ab');
    expect(() => slow.push('cd')).toThrow('too long');
    expect(splitter(3).push('abc\n')).toEqual(['abc']);
  });
});
