import fc from 'fast-check';
import { parsePolicyId } from '../ids/index.js';
import { isJsonObject, mergePatch, valueAt } from '../json/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import { parseStoredThing } from '../things/index.js';
import { compileEnforcer } from './enforcer.js';
import { parseStoredPolicy } from './policy.js';
import type { Permission, Policy } from './policy.js';
import { formatResourceKey } from './resource-key.js';
import { parseSubjectId } from './subject-id.js';

const me = parseSubjectId('test:me');
const other = parseSubjectId('test:other');
const thing = parseStoredThing({
  thingId: 'a:b',
  policyId: 'a:b',
  attributes: { x: { y: 1 }, z: 2 },
  features: { f: { properties: { p: 1, q: 2 } } },
});

interface Effect {
  readonly grant?: readonly Permission[];
  readonly revoke?: readonly Permission[];
}

/** A policy with one entry for each set of resources. */
function policyOf(
  ...entries: readonly (readonly [subject: string, resources: Readonly<Record<string, Effect>>, expiry?: string])[]
): Policy {
  return parseStoredPolicy({
    policyId: parsePolicyId('a:b'),
    imports: {},
    entries: Object.fromEntries(
      entries.map(([subject, resources, expiry], index) => [
        `entry${index}`,
        {
          subjects: { [subject]: { type: 't', ...(expiry === undefined ? {} : { expiry }) } },
          resources: Object.fromEntries(
            Object.entries(resources).map(([key, { grant = [], revoke = [] }]) => [key, { grant, revoke }]),
          ),
          importable: 'implicit',
        },
      ]),
    ),
  });
}

const R: Effect = { grant: ['READ'] };
const W: Effect = { grant: ['WRITE'] };
const noR: Effect = { revoke: ['READ'] };
const noW: Effect = { revoke: ['WRITE'] };

describe('an enforcer', () => {
  it('inherits grants downwards, lets deeper levels override and a revoke beat a grant at the same level', () => {
    const enforcer = compileEnforcer(
      policyOf(
        ['test:me', { 'thing:/': R, 'thing:/attributes/x': noR, 'thing:/attributes/x/y': R }],
        ['test:me', { 'thing:/features': R }],
        ['test:me', { 'thing:/features': noR }],
      ),
      [me],
      0,
    );
    expect(enforcer.permits('thing', ['attributes', 'z'], 'READ')).toBe(true);
    expect(enforcer.permits('thing', ['attributes', 'x'], 'READ')).toBe(false);
    expect(enforcer.permitsPartially('thing', ['attributes', 'x'], 'READ')).toBe(true);
    expect(enforcer.permits('thing', ['attributes', 'x', 'y', 'deep'], 'READ')).toBe(true);
    expect(enforcer.permits('thing', ['features', 'f'], 'READ')).toBe(false);
    expect(enforcer.permits('thing', ['attributes'], 'READ')).toBe(false);
    expect(enforcer.permits('message', [], 'READ')).toBe(false);
    expect(enforcer.view(thing)).toEqual({ thingId: 'a:b', policyId: 'a:b', attributes: { x: { y: 1 }, z: 2 } });
  });

  it('unites the entries of all subjects and leaves out those of others', () => {
    const policy = policyOf(['test:me', { 'thing:/attributes/z': R }], ['test:other', { 'thing:/features': R }]);
    expect(compileEnforcer(policy, [me], 0).view(thing)).toEqual({ thingId: 'a:b', attributes: { z: 2 } });
    expect(compileEnforcer(policy, [me, other], 0).view(thing)).toEqual({
      thingId: 'a:b',
      attributes: { z: 2 },
      features: thing.features,
    });
    expect(compileEnforcer(policy, [parseSubjectId('test:nobody')], 0).view(thing)).toBeUndefined();
    expect(compileEnforcer(policy, [], 0).view(thing)).toBeUndefined();
  });

  it('gives the same object when all of it is readable', () => {
    const enforcer = compileEnforcer(
      policyOf(['test:me', { 'thing:/': { grant: ['READ'], revoke: ['WRITE'] } }]),
      [me],
      0,
    );
    expect(enforcer.view(thing)).toBe(thing);
    expect(enforcer.viewAt(['attributes'], thing.attributes ?? null)).toBe(thing.attributes);
  });

  it('shows the id of a thing of which only absent parts are readable', () => {
    const enforcer = compileEnforcer(policyOf(['test:me', { 'thing:/features/none': R }]), [me], 0);
    expect(enforcer.view(thing)).toEqual({ thingId: 'a:b' });
    expect(enforcer.viewAt(['features', 'f'], {})).toBeUndefined();
  });

  it('takes the members of objects in an array for members of the array', () => {
    const enforcer = compileEnforcer(policyOf(['test:me', { 'thing:/': R, 'thing:/attributes/a/s': noR }]), [me], 0);
    expect(enforcer.viewAt(['attributes', 'a'], [{ s: 1, t: 2 }, 3])).toEqual([{ t: 2 }, 3]);
  });

  it('treats __proto__ and constructor as keys', () => {
    const enforcer = compileEnforcer(policyOf(['test:me', { 'thing:/attributes/__proto__': R }]), [me], 0);
    const attributes = JSON.parse('{"__proto__":{"a":1},"constructor":2}') as JsonObject;
    expect(JSON.stringify(enforcer.viewAt(['attributes'], attributes))).toBe('{"__proto__":{"a":1}}');
    expect(enforcer.permits('thing', ['attributes', 'constructor'], 'READ')).toBe(false);
  });

  it('asks a merge patch for WRITE on each leaf', () => {
    const enforcer = compileEnforcer(
      policyOf(['test:me', { 'thing:/attributes': W, 'thing:/attributes/x/y': noW }]),
      [me],
      0,
    );
    expect(enforcer.permitsPatch([], { attributes: { z: 1, x: { w: 1 } } })).toBe(true);
    expect(enforcer.permitsPatch(['attributes', 'x'], { y: 1 })).toBe(false);
    expect(enforcer.permitsPatch(['attributes'], { x: null })).toBe(false);
    expect(enforcer.permitsPatch(['attributes'], { x: 5 })).toBe(false);
    expect(enforcer.permitsPatch([], { attributes: { z: null } })).toBe(true);
    expect(enforcer.permitsPatch([], { features: {} })).toBe(false);
    expect(enforcer.permitsPatch([], {})).toBe(false);
  });

  it('shows of a policy what is readable, resource by resource', () => {
    const policy = policyOf(
      [
        'test:me',
        {
          'policy:/entries/entry1': R,
          'policy:/entries/entry1/resources/thing:/features/f': noR,
          'policy:/entries/entry1/resources/message:': noR,
        },
      ],
      ['test:other', { 'thing:/features/f': R, 'thing:/': R, 'message:/': R }],
    );
    expect(compileEnforcer(policy, [me], 0).viewPolicy(policy)).toEqual({
      policyId: 'a:b',
      entries: {
        entry1: {
          ...policy.entries['entry1'],
          resources: { 'thing:/': policy.entries['entry1']?.resources['thing:/'] },
        },
      },
    });
    expect(compileEnforcer(policy, [other], 0).viewPolicy(policy)).toBeUndefined();
  });

  it('lets expired subjects go and says until when it holds', () => {
    const policy = policyOf(
      ['test:me', { 'thing:/attributes': R }, '1970-01-01T00:00:05Z'],
      ['test:me', { 'thing:/features': R }, '1970-01-01T00:00:09Z'],
      ['test:other', { 'thing:/features': R }],
    );
    const before = compileEnforcer(policy, [me], 4_999);
    expect(before.validUntil).toBe(5_000);
    expect(before.permits('thing', ['attributes'], 'READ')).toBe(true);
    const after = compileEnforcer(policy, [me], 5_000);
    expect(after.validUntil).toBe(9_000);
    expect(after.permitsPartially('thing', ['attributes'], 'READ')).toBe(false);
    expect(compileEnforcer(policy, [other], 5_000).validUntil).toBeUndefined();
  });
});

describe('the enforcer against the rules taken literally', () => {
  const key = fc.constantFrom('a', 'b', 'c', '__proto__');
  const path = fc.array(key, { maxLength: 4 });
  const permissions = fc.subarray<Permission>(['READ', 'WRITE']);
  const statement = fc.record({ mine: fc.boolean(), path, grant: permissions, revoke: permissions });
  const statements = fc.array(statement, { maxLength: 8 });
  const json = fc.letrec<{ value: JsonValue; object: JsonObject }>((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, fc.constantFrom(1, null, 'text'), tie('object')),
    object: fc.dictionary(key, tie('value'), { noNullPrototype: true }),
  }));
  type Statements = readonly {
    mine: boolean;
    path: JsonPointer;
    grant: readonly Permission[];
    revoke: readonly Permission[];
  }[];

  const compile = (all: Statements) =>
    compileEnforcer(
      policyOf(
        ...all.map(({ mine, path: at, grant, revoke }) => {
          const resource = formatResourceKey({ type: 'thing', path: at });
          return [mine ? 'test:me' : 'test:other', { [resource]: { grant, revoke } }] as const;
        }),
      ),
      [me],
      0,
    );

  const startsWith = (whole: JsonPointer, start: JsonPointer) =>
    start.every((segment, index) => whole[index] === segment);

  /** The deepest level that says anything decides. */
  function granted(all: Statements, at: JsonPointer, permission: Permission): boolean {
    for (let depth = at.length; depth >= 0; depth--) {
      const level = all.filter((each) => each.mine && each.path.length === depth && startsWith(at, each.path));
      if (level.some((each) => each.revoke.includes(permission))) return false;
      if (level.some((each) => each.grant.includes(permission))) return true;
    }
    return false;
  }

  const below = (all: Statements, at: JsonPointer) => all.filter((each) => each.mine && startsWith(each.path, at));

  const unrestricted = (all: Statements, at: JsonPointer, permission: Permission) =>
    granted(all, at, permission) && below(all, at).every((each) => !each.revoke.includes(permission));

  const leaves = (value: JsonValue, at: JsonPointer): readonly JsonPointer[] =>
    isJsonObject(value) && Object.keys(value).length > 0
      ? Object.keys(value).flatMap((name) => leaves(valueAt(value, [name]) ?? null, [...at, name]))
      : [at];

  it('permits the same', () => {
    fc.assert(
      fc.property(statements, path, fc.constantFrom<Permission>('READ', 'WRITE'), (all, at, permission) => {
        const enforcer = compile(all);
        expect(enforcer.permits('thing', at, permission)).toBe(unrestricted(all, at, permission));
        const partially =
          granted(all, at, permission) || below(all, at).some((each) => granted(all, each.path, permission));
        expect(enforcer.permitsPartially('thing', at, permission)).toBe(partially);
      }),
    );
  });

  it('shows exactly the readable leaves', () => {
    fc.assert(
      fc.property(statements, path, json.object, (all, at, value) => {
        const view = compile(all).viewAt(at, value);
        // An object that turned empty was not a leaf before; nor is it a value that was hidden.
        const shown = view === undefined ? [] : leaves(view, []).filter((leaf) => !isJsonObject(valueAt(view, leaf)));
        const readable = leaves(value, [])
          .filter((leaf) => !isJsonObject(valueAt(value, leaf)))
          .filter((leaf) => granted(all, [...at, ...leaf], 'READ'));
        expect(shown).toEqual(readable);
        for (const leaf of shown) expect(valueAt(view, leaf)).toEqual(valueAt(value, leaf));
      }),
    );
  });

  it('asks a patch for WRITE on the same leaves', () => {
    fc.assert(
      fc.property(statements, path, json.value, (all, at, patch) => {
        const expected = leaves(patch, at).every((leaf) => unrestricted(all, leaf, 'WRITE'));
        expect(compile(all).permitsPatch(at, patch)).toBe(expected);
      }),
    );
  });

  it('never lets a permitted patch change what may not be written', () => {
    fc.assert(
      fc.property(statements, json.object, json.object, (random, before, patch) => {
        const all: Statements = [{ mine: true, path: [], grant: ['WRITE'], revoke: [] }, ...random];
        fc.pre(compile(all).permitsPatch([], patch));
        const after = mergePatch(before, patch);
        for (const leaf of leaves(before, [])) {
          if (granted(all, leaf, 'WRITE') || isJsonObject(valueAt(before, leaf))) continue;
          expect(valueAt(after, leaf)).toEqual(valueAt(before, leaf));
        }
      }),
    );
  });
});
