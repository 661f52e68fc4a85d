import { parseThingId, policyIdOf } from '@gemel/model/ids';
import type { JsonObject, JsonPointer, JsonValue } from '@gemel/model/json';
import type { ThingEvent } from '@gemel/model/signals';
import { decide, evolve, parseStoredThing } from '@gemel/model/things';
import type { ModifyingThingCommand, Thing, ThingState } from '@gemel/model/things';
import fc from 'fast-check';
import { keysOfThing, partKey, partOf, partsOf, thingIdOfPart, touchedParts } from './search-parts.js';

const thingId = parseThingId('a:x');
const policyId = policyIdOf(thingId);

function aThing(content: JsonObject) {
  return parseStoredThing({ thingId, policyId, ...content });
}

function anEvent(action: ThingEvent['action'], path: JsonPointer, value?: JsonValue): ThingEvent {
  const event = { entity: 'thing', id: thingId, revision: 2, timestamp: 0, action, path, headers: {} } as const;
  return value === undefined ? event : { ...event, value };
}

type Parts = ReturnType<typeof keysByPart>;

/** Keeps the parts as the index does. */
function follow(parts: Parts, event: ThingEvent, state: ThingState): Parts {
  const there = keysByPart(state.thing);
  const touched = touchedParts(event, state.thing);
  if (touched === 'all') return there;
  const followed = new Map(parts);
  for (const part of touched) {
    const keys = there.get(part);
    if (keys === undefined) followed.delete(part);
    else followed.set(part, keys);
  }
  return followed;
}

describe('parts of a thing in the search index', () => {
  it('are what it is, its attributes, and each feature', () => {
    const thing = aThing({ attributes: { a: 1 }, features: { f: { properties: { b: 2 } }, 'g/1': {} } });
    expect([...keysByPart(thing).keys()]).toEqual(['', '/attributes', '/features/f', '/features/g~11']);
  });

  it.each<[JsonPointer, string]>([
    [['definition'], ''],
    [['attributes', 'a', 'b'], '/attributes'],
    [['features', 'f', 'properties', 'b'], '/features/f'],
    [['features', 'x'.repeat(600), 'properties'], '/features'],
  ])('%j stands in %s', (path, part) => {
    expect(partOf(path)).toBe(part);
  });

  it('keep features with very long names together, as too much to be indexed', () => {
    const thing = aThing({ features: { ['x'.repeat(600)]: {}, ['y'.repeat(600)]: {} } });
    expect(keysByPart(thing).get('/features')).toEqual(['\u0000/features']);
  });

  it.each<[string, ThingEvent, ReturnType<typeof touchedParts>]>([
    ['a property', anEvent('modified', ['features', 'f', 'properties', 'b'], 3), ['/features/f']],
    ['an attribute', anEvent('deleted', ['attributes', 'a']), ['/attributes']],
    ['the definition', anEvent('modified', ['definition'], 'a:b:1'), ['']],
    ['all features', anEvent('modified', ['features'], { f: {} }), 'all'],
    ['the thing', anEvent('modified', [], {}), 'all'],
    ['a patch', anEvent('merged', [], { attributes: { a: 2 }, features: { f: {} } }), ['/attributes', '/features/f']],
    ['a patch of features', anEvent('merged', ['features'], { f: {} }), ['/features/f']],
    ['a patch that takes a feature away', anEvent('merged', [], { features: { g: null } }), 'all'],
    ['a patch that takes all away', anEvent('merged', [], { features: null }), 'all'],
    ['a patch by pattern', anEvent('merged', ['features'], { '{{ ~f.*~ }}': null }), 'all'],
  ])('a change of %s touches what it may change', (_name, event, touched) => {
    expect(touchedParts(event, aThing({ attributes: { a: 1 }, features: { f: {} } }))).toEqual(touched);
  });

  it('have a key from which the thing is known, within those of the thing and no other', () => {
    const key = partKey('a:x', '/features/f');
    const { $gte, $lt } = keysOfThing('a:x');
    expect(thingIdOfPart(key)).toBe('a:x');
    expect([key, partKey('a:x', ''), partKey('a:x0', ''), partKey('a:w', '')].map((k) => k >= $gte && k < $lt)).toEqual(
      [true, true, false, false],
    );
  });

  it('are those of the whole thing after any row of changes', () => {
    const name = fc.constantFrom('a', 'b', 'a~1');
    const scalar = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('', 'x'), fc.constant(null));
    const content = fc.dictionary(name, fc.oneof(scalar, fc.dictionary(name, scalar)), { maxKeys: 2 });
    const feature = fc.record({ properties: content }, { requiredKeys: [] });
    const features = fc.dictionary(name, feature, { maxKeys: 2 });
    const whole = fc.record({ attributes: content, features }, { requiredKeys: [] });
    const patch = fc.record(
      { attributes: fc.option(content), features: fc.option(fc.dictionary(name, fc.option(feature), { maxKeys: 2 })) },
      { requiredKeys: [] },
    );
    const at = (path: JsonPointer, value: JsonValue, kind: 'modify' | 'merge' = 'modify'): ModifyingThingCommand => ({
      kind,
      thingId,
      path,
      value,
    });
    const remove = (path: JsonPointer): ModifyingThingCommand => ({ kind: 'delete', thingId, path });
    const command: fc.Arbitrary<ModifyingThingCommand> = fc.oneof(
      whole.map((value) => at([], value)),
      patch.map((value) => at([], value, 'merge')),
      features.map((value) => at(['features'], value)),
      fc.tuple(name, feature).map(([id, value]) => at(['features', id], value)),
      fc.tuple(name, name, scalar).map(([id, key, value]) => at(['features', id, 'properties', key], value)),
      fc.tuple(name, scalar).map(([key, value]) => at(['attributes', key], value)),
      name.map((id) => remove(['features', id])),
      fc.constant(remove(['attributes'])),
    );
    fc.assert(
      fc.property(whole, fc.array(command, { maxLength: 12 }), (first, commands) => {
        let state = evolve(undefined, { ...anEvent('created', [], { thingId, policyId, ...first }), revision: 1 });
        let parts = keysByPart(state.thing);
        for (const next of commands) {
          let decision;
          try {
            decision = decide(next, state, policyId);
          } catch {
            continue;
          }
          const { created: _created, ...change } = decision;
          const event: ThingEvent = { ...anEvent('modified', []), ...change, revision: state.revision + 1 };
          state = evolve(state, event);
          parts = follow(parts, event, state);
          expect(Object.fromEntries(parts)).toEqual(Object.fromEntries(keysByPart(state.thing)));
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

function keysByPart(thing: Thing): Map<string, readonly string[]> {
  return new Map([...partsOf(thing)].map(([part, keys]) => [part, keys()]));
}
