import { parsePolicyId, parseThingId } from '../ids/index.js';
import type { JsonPointer, JsonValue } from '../json/index.js';
import type { ThingEvent } from '../signals/index.js';
import type { ModifyingThingCommand } from './command.js';
import { decide } from './decide.js';
import { evolve } from './evolve.js';
import { prepare } from './prepare.js';
import type { ThingState } from './thing.js';

const thingId = parseThingId('example:car');
const policyId = parsePolicyId('example:policy');

/** Decides and evolves as the service does. */
function apply(state: ThingState | undefined, command: ModifyingThingCommand): ThingState {
  const { created: _created, ...decision } = decide(prepare(command), state, policyId);
  const event: ThingEvent = {
    entity: 'thing',
    id: thingId,
    revision: (state?.revision ?? 0) + 1,
    timestamp: 1_000,
    headers: {},
    ...decision,
  };
  return evolve(state, event);
}

const modify = (path: JsonPointer, value: JsonValue) => ({ kind: 'modify', thingId, path, value }) as const;
const merge = (path: JsonPointer, value: JsonValue) => ({ kind: 'merge', thingId, path, value }) as const;
const remove = (path: JsonPointer) => ({ kind: 'delete', thingId, path }) as const;

/** The code of the refusal, or 'accepted'. */
function verdict(state: ThingState | undefined, command: ModifyingThingCommand): string {
  try {
    decide(prepare(command), state, policyId);
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const car = apply(undefined, {
  kind: 'create',
  thingId,
  value: { attributes: { color: 'red', size: { width: 2 } }, features: { gps: { properties: { latitude: 1 } } } },
});

describe('creating a thing', () => {
  it('takes the id of the command and the given policy id, and drops unknown members', () => {
    const state = apply(undefined, modify([], { attributes: { a: 1 }, unknown: true, _revision: 7 }));
    expect(state.thing).toEqual({ thingId, policyId, attributes: { a: 1 } });
    expect(state.revision).toBe(1);
  });

  it('lets a merge at the root create, its nulls dropped', () => {
    const state = apply(undefined, merge([], { attributes: { a: 1, b: null }, definition: null }));
    expect(state.thing).toEqual({ thingId, policyId, attributes: { a: 1 } });
  });

  it('goes on counting revisions after a deletion', () => {
    const gone = apply(car, remove([]));
    expect(gone).toMatchObject({ deleted: true, revision: 2 });
    expect(apply(gone, modify([], {}))).toMatchObject({ deleted: false, revision: 3, thing: { thingId, policyId } });
  });
});

describe('changing a part', () => {
  it.each<[string, ModifyingThingCommand, JsonValue | undefined, JsonPointer]>([
    [
      'sets a nested attribute',
      modify(['attributes', 'size', 'height'], 3),
      { width: 2, height: 3 },
      ['attributes', 'size'],
    ],
    ['stores null as a value', modify(['attributes', 'color'], null), null, ['attributes', 'color']],
    ['removes by a merged null', merge(['attributes'], { color: null }), { size: { width: 2 } }, ['attributes']],
    [
      'merges a scalar leaf',
      merge(['features', 'gps', 'properties', 'latitude'], 5),
      5,
      ['features', 'gps', 'properties', 'latitude'],
    ],
    [
      'creates a feature by merging below it',
      merge(['features', 'v', 'properties', 'value'], 1),
      { properties: { value: 1 } },
      ['features', 'v'],
    ],
    ['deletes a feature', remove(['features', 'gps']), {}, ['features']],
    ['treats __proto__ as a key', modify(['attributes', '__proto__'], { x: 1 }), { x: 1 }, ['attributes', '__proto__']],
  ])('%s', (_name, command, expected, path) => {
    const after = apply(car, command);
    let value: JsonValue | undefined = after.thing;
    for (const key of path) value = Object.getOwnPropertyDescriptor(value, key)?.value as JsonValue | undefined;
    expect(value).toEqual(expected);
    expect(after.revision).toBe(2);
    expect(Object.hasOwn({}, 'x')).toBe(false);
  });

  it('reports created for a new part and modified for a known one', () => {
    expect(decide(prepare(modify(['attributes', 'new'], 1)), car, policyId)).toMatchObject({
      action: 'created',
      created: true,
    });
    expect(decide(prepare(modify(['attributes', 'color'], 1)), car, policyId)).toMatchObject({
      action: 'modified',
      created: false,
    });
    expect(decide(prepare(merge(['attributes', 'new'], 1)), car, policyId)).toMatchObject({
      action: 'merged',
      created: false,
    });
  });

  it('keeps the policy when a PUT names none', () => {
    expect(apply(car, modify([], { attributes: {} })).thing).toEqual({ thingId, policyId, attributes: {} });
  });

  it('leaves the state before untouched', () => {
    const before = JSON.stringify(car);
    apply(car, merge([], { attributes: { color: null }, features: { gps: null } }));
    expect(JSON.stringify(car)).toBe(before);
  });
});

describe('refusals', () => {
  it.each<[string, ThingState | undefined, ModifyingThingCommand]>([
    ['things:thing.conflict', car, { kind: 'create', thingId, value: {} }],
    ['things:thing.notfound', undefined, modify(['attributes', 'a'], 1)],
    ['things:thing.notfound', undefined, merge(['attributes'], {})],
    ['things:thing.notfound', undefined, remove([])],
    ['things:feature.notfound', car, modify(['features', 'x', 'properties', 'a'], 1)],
    ['things:attribute.notfound', car, remove(['attributes', 'nope'])],
    ['things:feature.property.notfound', car, remove(['features', 'gps', 'properties', 'nope'])],
    ['things:id.notsettable', car, modify([], { thingId: 'other:id' })],
    ['things:id.notdeletable', car, merge([], { thingId: null })],
    ['things:policyId.notdeletable', car, merge([], { policyId: null })],
    ['things:id.notsettable', car, merge([], { thingId: 'other:id' })],
    ['things:merge.invalid', car, merge([], null)],
    ['things:merge.invalid', car, merge([], {})],
    ['things:merge.invalid', car, merge([], { unknown: 1 })],
    ['things:merge.invalid', car, merge(['attributes'], { '{{ ~(~ }}': null })],
    ['things:merge.invalid', car, merge(['attributes'], { '{{ ~(?=a)~ }}': null })],
    ['things:merge.invalid', car, merge(['attributes'], { [`{{ ~${'(a|b){50}'.repeat(4)}~ }}`]: null })],
    ['json.key.invalid', car, merge(['attributes'], { '{{ /a/ }}': 1 })],
    ['json.key.invalid', car, modify(['attributes'], { '{{ /a/ }}': null })],
    ['json.invalid', car, merge([], 5)],
    ['things:policy.conflicting', car, modify([], { _policy: {}, _copyPolicyFrom: 'a:b' })],
    ['json.invalid', car, modify([], { _policy: 'a:b' })],
    ['json.invalid', car, modify([], { _copyPolicyFrom: {} })],
    ['policies:id.invalid', car, modify([], { _copyPolicyFrom: 'no-colon' })],
    ['policies:id.invalid', undefined, modify([], { policyId: 'no-colon' })],
    ['things:definition.identifier.invalid', undefined, modify(['definition'], 'nonsense')],
    ['things:definition.identifier.invalid', car, modify(['definition'], 'nonsense')],
    ['things:feature.definition.empty', car, modify(['features', 'gps', 'definition'], [])],
    ['json.invalid', car, modify(['attributes'], 5)],
    ['json.invalid', car, modify(['features', 'gps'], 'x')],
    ['json.key.invalid', car, modify(['attributes', 'a'], { 'x/y': 1 })],
    ['json.key.invalid', car, modify(['attributes', 'a\u0000'], 1)],
    ['json.key.invalid', car, modify(['features', '*'], {})],
    ['signals.commands:path.unknown', car, modify(['nonsense'], 1)],
    ['signals.commands:path.unknown', car, modify(['features', 'gps', 'nonsense'], 1)],
    ['signals.commands:path.unknown', car, remove(['policyId'])],
    ['policies:id.invalid', car, modify(['policyId'], 'no-colon')],
  ])('answers %s', (code, state, command) => {
    expect(verdict(state, command)).toBe(code);
  });
});

describe('a merge patch with regular expressions', () => {
  it('removes matching keys at every level below the members of a thing, and those matched whole only', () => {
    const before = apply(undefined, {
      kind: 'create',
      thingId,
      value: {
        attributes: { temp1: 1, temp2: 2, mytemp: 3, size: { w1: 1, h: 2 } },
        features: { tmp1: {}, tmp2: {}, gps: { properties: { '2022-01': 1, '2023-01': 2 } } },
      },
    });
    const after = apply(
      before,
      merge([], {
        attributes: { '{{ ~temp.*~ }}': null, temp2: 5, size: { '{{/w\\d/}}': null } },
        features: { '{{ ~tmp[0-9]~ }}': null, gps: { properties: { '{{ ~2022-.*~ }}': null, '2023-02': 3 } } },
      }),
    );
    expect(after.thing).toMatchObject({
      attributes: { temp2: 5, mytemp: 3, size: { h: 2 } },
      features: { gps: { properties: { '2023-01': 2, '2023-02': 3 } } },
    });
    expect(Object.keys(after.thing.features ?? {})).toEqual(['gps']);
    expect(Object.keys(after.thing.attributes ?? {}).sort()).toEqual(['mytemp', 'size', 'temp2']);
  });

  it('names no key of a thing that it creates', () => {
    const state = apply(undefined, merge([], { attributes: { '{{ ~a.*~ }}': null, b: 1 } }));
    expect(state.thing).toEqual({ thingId, policyId, attributes: { b: 1 } });
  });
});
