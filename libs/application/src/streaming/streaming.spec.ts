import fc from 'fast-check';
import { parseThingId } from '@gemel/model/ids';
import { overlay, valueAt } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import type { ThingEvent } from '@gemel/model/signals';
import { aPolicy, aThingState } from '@gemel/testkit/builders';
import { PolicyEnforcers } from '../policies/index.js';
import type { LogFields, RecordedEvent, StateStore } from '../ports/index.js';
import { TwinStream } from './index.js';
import type { TwinObserver, TwinUpdate } from './index.js';
import { sparseThing } from './sparse-thing.js';
import type { EventStates } from './state-after.js';

const id = parseThingId('example:thing');

function event(change: Partial<ThingEvent>): ThingEvent {
  return { entity: 'thing', id, action: 'modified', path: [], revision: 1, timestamp: 0, headers: {}, ...change };
}

describe('sparseThing', () => {
  it.each<[Partial<ThingEvent>, JsonObject]>([
    [
      { path: ['attributes', 'a'], value: null },
      { thingId: id, attributes: { a: null } },
    ],
    [
      { path: ['attributes', '__proto__'], value: 1 },
      { thingId: id, attributes: { ['__proto__']: 1 } },
    ],
    [
      { action: 'merged', path: ['attributes'], value: { a: null, b: { c: null } } },
      { thingId: id, attributes: { b: {} } },
    ],
    [{ action: 'merged', path: ['attributes'], value: null }, { thingId: id }],
    [{ action: 'deleted', path: ['attributes'] }, { thingId: id }],
    [
      { action: 'created', value: { thingId: 'x', attributes: {} } },
      { thingId: id, attributes: {} },
    ],
  ])('of %j is %j', (change, thing) => {
    const { value } = event(change);
    const sparse = sparseThing(event(change), value);
    expect(JSON.stringify(sparse)).toBe(JSON.stringify(thing));
  });
});

describe('overlay', () => {
  const objects = fc
    .object({ maxDepth: 3, values: [fc.integer(), fc.constant(null)] })
    .map((value) => value as JsonObject);
  const leaves = (value: JsonValue, path: string[] = []): [string[], JsonValue][] =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
      ? Object.entries(value).flatMap(([key, child]) => leaves(child, [...path, key]))
      : [[path, value]];

  it('has every leaf of the upper object, and is the upper one over nothing', () => {
    fc.assert(
      fc.property(objects, objects, (lower, upper) => {
        const merged = overlay(lower, upper);
        for (const [path, leaf] of leaves(upper)) {
          if (typeof leaf !== 'object' || leaf === null) expect(valueAt(merged, path)).toEqual(leaf);
        }
        expect(overlay({}, upper)).toEqual(upper);
        expect(Object.keys(merged).toSorted()).toEqual(
          [...new Set([...Object.keys(lower), ...Object.keys(upper)])].toSorted(),
        );
      }),
    );
  });
});

describe('TwinStream', () => {
  const owner = { subjects: [parseSubjectId('test:owner')] } as const;
  const errors: LogFields[] = [];
  const ignore = () => undefined;
  const log = { error: (fields: LogFields) => void errors.push(fields), warn: ignore, info: ignore, debug: ignore };

  function open(states: Partial<StateStore> = {}, memory?: EventStates['memory']) {
    let listener: ((recorded: RecordedEvent) => void) | undefined;
    let asked = 0;
    const store: StateStore = {
      thing: async () => {
        asked++;
        return aThingState();
      },
      policy: async () => ({ policy: aPolicy(), revision: 1, created: 0, modified: 0, deleted: false }),
      ...states,
    };
    const feed = {
      watch: (watcher: (recorded: RecordedEvent) => void) => {
        listener = watcher;
        return { stop: async () => void (listener = undefined) };
      },
    };
    const enforcers = new PolicyEnforcers(store, { now: () => 0 });
    const stream = new TwinStream(feed, { states: store, memory, enforcers, log });
    return {
      stream,
      emit: (change: Partial<ThingEvent>) => listener?.({ position: 1, event: event(change) }),
      isWatching: () => listener !== undefined,
      asked: () => asked,
    };
  }

  /** Collects updates; `next` resolves with the update to come. */
  function observer() {
    const updates: TwinUpdate[] = [];
    const waiting: (() => void)[] = [];
    const wake = () => {
      for (const resolve of waiting.splice(0)) resolve();
    };
    const state = { updates, ended: 0 };
    const observed: TwinObserver = {
      next: (update) => {
        updates.push(update);
        wake();
      },
      ended: () => {
        state.ended++;
        wake();
      },
    };
    return { ...observed, state, until: () => new Promise<void>((resolve) => waiting.push(resolve)) };
  }

  it('judges and renders an event once for all who see the same', async () => {
    const { stream, emit, asked } = open();
    const observers = [observer(), observer(), observer()];
    for (const each of observers) stream.open({}, owner, each);
    const other = observer();
    stream.open({ pointer: ['attributes'] }, owner, other);
    const done = other.until();
    emit({ path: ['attributes'], value: { a: 1 } });
    await done;
    expect(asked()).toBe(2);
    expect(other.state.updates[0]?.json).toBe('{"a":1}');
    const texts = observers.map(({ state }) => state.updates[0]?.json);
    expect(texts).toEqual(Array(3).fill('{"thingId":"example:thing","attributes":{"a":1}}'));
  });

  it('asks the store for a thing only when what is remembered of it is older than the event', async () => {
    const { stream, emit, asked } = open({}, { recall: () => ({ ...aThingState(), revision: 5 }) });
    const watcher = observer();
    stream.open({}, owner, watcher);
    for (const revision of [4, 5, 6]) {
      const told = watcher.until();
      emit({ path: ['attributes'], value: { at: revision }, revision });
      await told;
    }
    expect(watcher.state.updates.map(({ revision }) => revision)).toEqual([4, 5, 6]);
    expect(asked()).toBe(1);
  });

  it('delivers nothing after close, and stops watching when all is closed', async () => {
    const { stream, emit, isWatching } = open();
    const [closing, staying] = [observer(), observer()];
    const opened = stream.open({}, owner, closing);
    stream.open({}, owner, staying);
    emit({ value: {} });
    opened.close();
    opened.close();
    await staying.until();
    expect(closing.state).toEqual({ updates: [], ended: 0 });
    await stream.close();
    expect(staying.state.ended).toBe(1);
    expect(isWatching()).toBe(false);
    expect(() => stream.open({}, owner, staying)).not.toThrow();
  });

  it('ends the streams that would have a gap, and says why in the log', async () => {
    errors.length = 0;
    const { stream, emit } = open({ thing: () => Promise.reject(new Error('disk')) });
    const watcher = observer();
    stream.open({}, owner, watcher);
    const ended = watcher.until();
    emit({ value: {} });
    await ended;
    expect(watcher.state).toEqual({ updates: [], ended: 1 });
    expect(errors).toHaveLength(1);
  });

  it('tells nothing of a thing as long as its policy is missing', async () => {
    const state = { policy: aPolicy(), revision: 1, created: 0, modified: 0, deleted: false };
    const found = [undefined, state];
    const { stream, emit } = open({ policy: async () => found.shift() });
    const watcher = observer();
    stream.open({}, owner, watcher);
    const told = watcher.until();
    emit({ path: ['attributes'], value: { hidden: 1 } });
    emit({ path: ['attributes'], value: { seen: 2 } });
    await told;
    expect(watcher.state.updates.map(({ json }) => json)).toEqual([
      '{"thingId":"example:thing","attributes":{"seen":2}}',
    ]);
  });
});
