import type { RecordedEvent } from '@gemel/application/ports';
import { thingChange } from '@gemel/testkit/contracts';
import { LogProjection } from './log-projection.js';
import type { LogProjectionParts } from './log-projection.js';

function open() {
  const written: string[] = [];
  const saved: number[] = [];
  const nothing = { read: () => Promise.resolve(), readSeen: () => Promise.resolve(new Map()) };
  const states = {
    tail: { catchUp: () => Promise.resolve(), isWritten: (position: number) => saved.push(position) },
    things: {
      reader: { readSeen: (ids: readonly string[]) => Promise.resolve(new Map(ids.map((id) => [id, {}]))) },
      write: (after: ReadonlyMap<string, object>) => {
        written.push(...after.keys());
        return Promise.resolve();
      },
    },
    policies: { reader: nothing, write: () => Promise.resolve() },
  } as unknown as LogProjectionParts['states'];
  const search = { index: () => Promise.resolve() } as unknown as LogProjectionParts['search'];
  const positions = { readerPosition: () => Promise.resolve(0), saveReaderPosition: () => Promise.resolve() };
  return { projection: new LogProjection({ states, search, positions, token: 1 }), written, saved };
}

/** So many events, of things in turns. */
function events(count: number, things: number): readonly RecordedEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    position: index + 1,
    event: thingChange(`a:${String(index % things)}`, Math.floor(index / things) + 1).event,
  }));
}

describe('LogProjection', () => {
  it('writes each thing once for all its events of a batch, then the position', async () => {
    const { projection, written, saved } = open();
    await projection.handle(events(900, 300));
    expect([new Set(written).size, written.length, saved]).toEqual([300, 300, [900]]);
  });

  it('wants the more events at once the more of them are of the same things, within bounds', async () => {
    const { projection } = open();
    expect(projection.largestBatch).toBe(3_000);
    await projection.handle(events(900, 450));
    expect(projection.largestBatch).toBe(6_000);
    await projection.handle(events(900, 9));
    expect(projection.largestBatch).toBe(10_000);
    await projection.handle(events(900, 900));
    expect(projection.largestBatch).toBe(3_000);
    await projection.handle([]);
    expect(projection.largestBatch).toBe(3_000);
  });

  it('waits the longer the more events are of the same things', async () => {
    const { projection } = open();
    expect(projection.patienceMs).toBe(3_000);
    await projection.handle(events(900, 450));
    expect(projection.patienceMs).toBe(6_000);
    await projection.handle(events(900, 900));
    expect(projection.patienceMs).toBe(3_000);
  });
});
