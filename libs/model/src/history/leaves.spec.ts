import fc from 'fast-check';
import { parseThingId } from '../ids/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import type { ThingEvent } from '../signals/index.js';
import { leavesOf } from './leaves.js';

const TIMESTAMP = 1_715_943_644_000;

function event(path: JsonPointer, value?: JsonValue, action: ThingEvent['action'] = 'modified'): ThingEvent {
  const base = {
    entity: 'thing',
    id: parseThingId('example:mycar'),
    action,
    revision: 2_007,
    timestamp: TIMESTAMP,
    path,
    headers: {},
  } as const;
  return value === undefined ? base : { ...base, value };
}

const values = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.string(),
  fc.constant(null),
);
const trees: fc.Arbitrary<JsonValue> = fc.letrec<{ tree: JsonValue }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    values,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('a', 'time', '__proto__', 'a/b', 'a~b')), tie('tree'), {
      maxKeys: 3,
    }),
  ),
})).tree;

describe('leaves of an event', () => {
  it('names a feature property as OpenTwins dashboards do, at the time the device measured it', () => {
    const value = { velocity: { properties: { value: 44.07, time: 1_715_943_644_787 } } };
    expect(leavesOf(event(['features'], value, 'merged'))).toEqual([
      {
        path: '/features/velocity/properties/value',
        field: 'value_velocity_properties_value',
        value: 44.07,
        time: 1_715_943_644_787_000,
      },
      {
        path: '/features/velocity/properties/time',
        field: 'value_velocity_properties_time',
        value: 1_715_943_644_787,
        time: 1_715_943_644_787_000,
      },
    ]);
  });

  it('takes the time of the event and its revision when the message carries no plausible time', () => {
    for (const time of [1_715_943_644, -1, '1715943644787', null, Number.MAX_SAFE_INTEGER]) {
      const leaves = leavesOf(event(['features', 'f', 'properties'], { value: 1, time }));
      expect(leaves[0]?.time).toBe(TIMESTAMP * 1000 + 7);
    }
  });

  it('keeps the time of one feature apart from the others', () => {
    const leaves = leavesOf(
      event([], { features: { a: { properties: { v: 1, time: 1e12 } }, b: { properties: { v: 1 } } } }),
    );
    expect(leaves.map(({ time }) => time)).toEqual([1e15, 1e15, TIMESTAMP * 1000 + 7]);
  });

  it('addresses array elements by index and leaves out nulls, ids, definitions and reserved attributes', () => {
    const value = {
      thingId: 'example:mycar',
      policyId: 'a:b',
      definition: 'a:b:1',
      attributes: { _parents: 'a:b', name: 'car', gone: null, list: [1, { x: true }] },
      features: { gps: { definition: ['a:b:1'], properties: {}, desiredProperties: { lat: 1 } }, none: null },
    };
    expect(leavesOf(event([], value)).map(({ path, field, value: leaf }) => [path, field, leaf])).toEqual([
      ['/attributes/name', 'value_attributes_name', 'car'],
      ['/attributes/list/0', 'value_attributes_list_0', 1],
      ['/attributes/list/1/x', 'value_attributes_list_1_x', true],
      ['/features/gps/desiredProperties/lat', 'value_gps_desiredProperties_lat', 1],
    ]);
  });

  it('gives nothing for deletions, and for values where the thing has no content', () => {
    expect(leavesOf(event(['features', 'f'], undefined, 'deleted'))).toEqual([]);
    expect(leavesOf(event(['policyId'], 'a:b'))).toEqual([]);
    expect(leavesOf(event(['attributes', '_parents'], 'a:b'))).toEqual([]);
    expect(leavesOf(event([], 'text'))).toEqual([]);
    expect(leavesOf(event(['features', 'f', 'definition'], ['a:b:1']))).toEqual([]);
  });

  it('survives nesting that no device has', () => {
    let value: JsonValue = 1;
    for (let depth = 0; depth < 5_000; depth += 1) value = [value];
    expect(leavesOf(event(['attributes', 'deep'], value))).toEqual([]);
    expect(leavesOf(event(['attributes', ...Array.from({ length: 5_000 }, () => 'x')], 1))).toEqual([]);
  });

  it('gives the same series and values whether a part is set alone or inside the whole thing', () => {
    fc.assert(
      fc.property(trees, fc.string(), (properties, id) => {
        const strip = (leaves: ReturnType<typeof leavesOf>) =>
          leaves.map(({ path, field, value }) => ({ path, field, value }));
        const whole: JsonObject = { features: { [id]: { properties } } };
        const expected = strip(leavesOf(event([], whole)));
        expect(strip(leavesOf(event(['features'], { [id]: { properties } }, 'merged')))).toEqual(expected);
        expect(strip(leavesOf(event(['features', id], { properties })))).toEqual(expected);
        expect(strip(leavesOf(event(['features', id, 'properties'], properties)))).toEqual(expected);
        if (typeof properties === 'object' && properties !== null && !Array.isArray(properties)) {
          const single = Object.entries(properties).flatMap(([key, value]) =>
            strip(leavesOf(event(['features', id, 'properties', key], value))),
          );
          expect(single).toEqual(expected);
        }
      }),
    );
  });
});
