import type { Position } from '../ports/index.js';
import { TargetReader } from './target-reader.js';
import type { TargetReaderParts } from './target-reader.js';

function opened(stored: Position = 0) {
  const saved: Position[] = [];
  const parts: Pick<TargetReaderParts, 'positions' | 'lease'> = {
    lease: { name: 'connection:cars', token: 7, isHeld: () => true },
    positions: {
      readerPosition: () => Promise.resolve(saved.at(-1) ?? stored),
      saveReaderPosition: (_reader, position) => {
        saved.push(position);
        return Promise.resolve();
      },
    },
  };
  return { reader: new TargetReader('target:cars:0', parseParts(parts)), saved };
}

function parseParts(parts: Pick<TargetReaderParts, 'positions' | 'lease'>): TargetReaderParts {
  return parts as TargetReaderParts;
}

describe('the reader of a target that begins at the end', () => {
  it('keeps where that is, so that it goes on there when it is opened again before its first event', async () => {
    const { reader, saved } = opened();
    expect(await reader.position()).toBe(0);
    await reader.placed(42);
    expect([saved, reader.isPlaced, await reader.position()]).toEqual([[42], true, 42]);
  });

  it('leaves a place alone that it has, and one that nobody tells', async () => {
    const { reader, saved } = opened(50);
    expect(await reader.position()).toBe(50);
    await reader.placed(50);
    await reader.placed();
    expect([saved, reader.isPlaced]).toEqual([[], true]);
  });
});
