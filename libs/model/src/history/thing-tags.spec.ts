import fc from 'fast-check';
import { parsePolicyId, parseThingId } from '../ids/index.js';
import type { JsonPointer, JsonValue } from '../json/index.js';
import { isJsonObject, member, withMember, withoutMember } from '../json/index.js';
import type { ThingEvent } from '../signals/index.js';
import type { Thing } from '../things/index.js';
import { tagsAfter, tagsOf } from './thing-tags.js';

const id = parseThingId('example:mycar:wheel_1');
const thing = (content: object): Thing => ({ thingId: id, policyId: parsePolicyId('a:b'), ...content });

function event(action: ThingEvent['action'], path: JsonPointer, value?: JsonValue): ThingEvent {
  const base = { entity: 'thing', id, action, revision: 1, timestamp: 0, path, headers: {} } as const;
  return value === undefined ? base : { ...base, value };
}

/** RFC 7396 and plain setting, naively. */
function patched(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  return Object.entries(patch).reduce(
    (result, [key, value]) =>
      value === null ? withoutMember(result, key) : withMember(result, key, patched(member(result, key), value)),
    isJsonObject(target) ? target : {},
  );
}

function set(
  target: JsonValue | undefined,
  path: JsonPointer,
  change: (old: JsonValue | undefined) => JsonValue | undefined,
): JsonValue | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return change(target);
  const object = isJsonObject(target) ? target : {};
  const next = set(member(object, key), rest, change);
  return next === undefined ? withoutMember(object, key) : withMember(object, key, next);
}

describe('tags of a thing', () => {
  it('are its parent and the id of its simulation run, when they are strings', () => {
    expect(
      tagsOf(
        thing({
          attributes: { _parents: 'example:mycar' },
          features: { idSimulationRun: { properties: { value: 'r1' } } },
        }),
      ),
    ).toEqual({ parent: 'example:mycar', idSimulationRun: 'r1' });
    expect(tagsOf(thing({ attributes: { _parents: { 'example:car': 4 } }, features: null }))).toEqual({});
  });

  it('follow the events without the thing', () => {
    const scalars = fc.constantFrom<JsonValue>('x', 'y', 1, null, {});
    const tree = fc.oneof(
      scalars,
      fc.record(
        { attributes: fc.oneof(scalars, fc.record({ _parents: scalars, name: scalars }, { requiredKeys: [] })) },
        { requiredKeys: [] },
      ),
      fc.record(
        {
          _parents: scalars,
          idSimulationRun: fc.oneof(
            scalars,
            fc.record({ properties: fc.oneof(scalars, fc.record({ value: scalars })) }),
          ),
        },
        { requiredKeys: [] },
      ),
    );
    const paths = fc.constantFrom<JsonPointer>(
      [],
      ['attributes'],
      ['attributes', '_parents'],
      ['attributes', 'name'],
      ['features'],
      ['features', 'idSimulationRun'],
      ['features', 'idSimulationRun', 'properties'],
      ['features', 'idSimulationRun', 'properties', 'value'],
      ['features', 'other', 'properties', 'value'],
    );
    const actions = fc.constantFrom<ThingEvent['action']>('modified', 'merged', 'deleted');
    fc.assert(
      fc.property(fc.array(fc.tuple(actions, paths, tree), { maxLength: 6 }), (changes) => {
        let content: JsonValue | undefined = {};
        let tags = {};
        for (const [action, path, value] of changes) {
          const change = action === 'deleted' ? event(action, path) : event(action, path, value);
          content = set(content, path, (old) =>
            action === 'deleted' ? undefined : action === 'merged' ? patched(old, value) : value,
          );
          tags = tagsAfter(change, tags);
          expect(tags).toEqual(tagsOf(thing(isJsonObject(content) ? content : {})));
        }
      }),
    );
  });
});
