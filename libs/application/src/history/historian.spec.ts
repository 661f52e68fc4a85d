import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import type { ThingEvent } from '@gemel/model/signals';
import type { HistoryStore, Point, Position, RecordedEvent } from '../ports/index.js';
import { Historian } from './historian.js';
import { TagsOfThings } from './tags-of-things.js';

const id = parseThingId('example:mycar:wheel_1');

function velocity(position: Position, value: number): RecordedEvent {
  return recorded(position, { path: ['features', 'velocity', 'properties', 'value'], value });
}

function recorded(position: Position, change: Pick<ThingEvent, 'path' | 'value'>): RecordedEvent {
  const headers = { 'ditto-originator': 'nginx:ditto', 'correlation-id': 'c' };
  return {
    position,
    event: { entity: 'thing', id, action: 'modified', revision: position, timestamp: 1_000, headers, ...change },
  };
}

class RecordingHistory implements Pick<HistoryStore, 'position' | 'write'> {
  readonly points: Point[] = [];
  stored = 0;
  failures = 0;

  position(): Promise<Position> {
    return Promise.resolve(this.stored);
  }

  write(points: readonly Point[], position: Position): Promise<void> {
    if (this.failures > 0) {
      this.failures -= 1;
      return Promise.reject(new Error('disk full'));
    }
    this.points.push(...points);
    this.stored = position;
    return Promise.resolve();
  }
}

function started(parent?: string) {
  const history = new RecordingHistory();
  const written: [number, number][] = [];
  const loaded: string[] = [];
  const state = {
    thing: {
      thingId: id,
      policyId: parsePolicyId('a:b'),
      attributes: parent === undefined ? {} : { _parents: parent },
    },
    revision: 1,
    created: 0,
    modified: 0,
    deleted: false,
  };
  const states = {
    thing: (thingId: ThingId) => {
      loaded.push(thingId);
      return Promise.resolve(state);
    },
  };
  const store: HistoryStore = Object.assign(history, {
    series: () => Promise.resolve([]),
    samples: () => Promise.resolve([]),
    windows: () => Promise.resolve([]),
  });
  const historian = new Historian(
    store,
    new TagsOfThings(states, { history: () => Promise.resolve([]) }),
    { now: () => 3_000 },
    { written: (points, lag) => written.push([points, lag]) },
  );
  return { historian, history, written, loaded };
}

describe('historian', () => {
  it('stores points with the position of the batch and reports points and lag', async () => {
    const { historian, history, written } = started('example:mycar');
    await historian.handle([velocity(1, 10), velocity(2, 11)]);
    expect(await historian.position()).toBe(2);
    expect(history.points).toEqual([
      {
        thingId: id,
        path: '/features/velocity/properties/value',
        field: 'value_velocity_properties_value',
        tags: { originator: 'nginx:ditto', parent: 'example:mycar' },
        time: 1_000_001,
        value: 10,
      },
      expect.objectContaining({ time: 1_000_002, value: 11 }),
    ]);
    expect(written).toEqual([[2, 2_000]]);
  });

  it('moves its position over events that hold no point', async () => {
    const { historian, history } = started();
    await historian.handle([recorded(7, { path: ['policyId'], value: 'a:b' })]);
    expect(history.stored).toBe(7);
    await historian.handle([]);
    expect(history.stored).toBe(7);
  });

  it('loads a thing once and follows its parent through the events', async () => {
    const { historian, history, loaded } = started('example:mycar');
    await historian.handle([
      velocity(1, 1),
      recorded(2, { path: ['attributes'], value: { _parents: 'example:other' } }),
    ]);
    await historian.handle([velocity(3, 1)]);
    expect(history.points.map(({ tags }) => tags['parent'])).toEqual(['example:mycar', 'example:other']);
    expect(loaded).toEqual([id]);
  });

  it('gives a batch that comes again the same tags', async () => {
    const { historian, history } = started('example:mycar');
    history.failures = 1;
    const batch = [
      velocity(1, 1),
      recorded(2, { path: ['attributes', '_parents'], value: 'example:other' }),
      velocity(3, 1),
    ];
    await expect(historian.handle(batch)).rejects.toThrow('disk full');
    await historian.handle(batch);
    expect(history.points.map(({ tags }) => tags['parent'])).toEqual(['example:mycar', 'example:other']);
  });
});
