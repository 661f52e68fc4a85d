import { NOT_UTF8 } from '@gemel/model/json';
import fc from 'fast-check';
import { LineDecoder } from './line-decoder.js';

const BOM = [0xef, 0xbb, 0xbf];

function decoded(pieces: readonly Uint8Array[]): string {
  const decoder = new LineDecoder();
  return pieces.map((piece) => decoder.push(piece)).join('') + decoder.end();
}

/** In two pieces, wherever it is cut, and byte by byte. */
function cuts(bytes: Uint8Array): readonly (readonly Uint8Array[])[] {
  const inTwo = [...bytes.keys()].map((at) => [bytes.subarray(0, at), bytes.subarray(at)]);
  return [...inTwo, [...bytes].map((byte) => Uint8Array.of(byte))];
}

describe('LineDecoder', () => {
  it('gives what was written, however it comes', () => {
    const lines = fc.array(fc.string({ unit: 'grapheme', maxLength: 5 }), { maxLength: 4 });
    fc.assert(
      fc.property(lines, (texts) => {
        // A mark at the beginning of a line is none of its text.
        const text = texts.map((each) => `-${each}`).join('\n');
        for (const pieces of cuts(new TextEncoder().encode(text))) expect(decoded(pieces)).toBe(text);
      }),
    );
  });

  it.each([
    ['a byte that is none', [0xff]],
    ['one that begins nothing', [0x80]],
    ['a sequence that the line breaks off', [0xe2, 0x82]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['text on both sides', [0x61, 0xff, 0x62]],
    ['two of them', [0xff, 0x61, 0xff]],
  ])('breaks off one line with %s, however it comes', (_name, bad) => {
    const [before, after] = ['{"a":"€"}\n', '\n{"b":1}'].map((text) => new TextEncoder().encode(text));
    for (const pieces of cuts(Uint8Array.of(...(before ?? []), ...bad, ...(after ?? [])))) {
      const lines = decoded(pieces).split('\n');
      expect([lines.length, lines[0], lines[2]]).toEqual([3, '{"a":"€"}', '{"b":1}']);
      expect(lines[1]).toMatch(new RegExp(`^a?${NOT_UTF8}$`));
    }
  });

  it('breaks off a last line that has no end', () => {
    expect(decoded([Uint8Array.of(0x61, 0x0a, 0xe2)])).toBe(`a\n${NOT_UTF8}`);
  });

  it('leaves byte order marks out, at the beginning of a line', () => {
    for (const pieces of cuts(Uint8Array.of(...BOM, 0x61, 0x0a, ...BOM, 0x62, ...BOM)))
      expect(decoded(pieces)).toBe('a\nb\ufeff');
  });
});
