import { parsePolicyId } from '../ids/index.js';
import { valueAt } from '../json/index.js';
import type { JsonPointer, JsonValue } from '../json/index.js';
import type { PolicyEvent } from '../signals/index.js';
import type { ModifyingPolicyCommand } from './command.js';
import { decidePolicy } from './decide.js';
import { defaultPolicy } from './default-policy.js';
import { evolvePolicy } from './evolve.js';
import { hasAdministrator } from './administrator.js';
import { formatPolicyPath, parsePolicyPath } from './policy-path.js';
import type { PolicyState } from './policy.js';
import { parseSubjectId } from './subject-id.js';

const HOUR = 3_600_000;
const policyId = parsePolicyId('example:policy');
const caller = parseSubjectId('nginx:ditto');
const context = { caller, now: 10 * HOUR, expiryGranularity: HOUR };

/** Decides and evolves as the service does. */
function apply(state: PolicyState | undefined, command: ModifyingPolicyCommand): PolicyState {
  const { created: _created, ...decision } = decidePolicy(command, state, context);
  const event: PolicyEvent = {
    entity: 'policy',
    id: policyId,
    revision: (state?.revision ?? 0) + 1,
    timestamp: 1_000 * ((state?.revision ?? 0) + 1),
    headers: {},
    ...decision,
  };
  return evolvePolicy(state, event);
}

const modify = (path: JsonPointer, value: JsonValue) => ({ kind: 'modify', policyId, path, value }) as const;
const remove = (path: JsonPointer) => ({ kind: 'delete', policyId, path }) as const;

/** The code of the refusal, or 'accepted'. */
function verdict(state: PolicyState | undefined, command: ModifyingPolicyCommand): string {
  try {
    decidePolicy(command, state, context);
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const all = { grant: ['READ', 'WRITE'], revoke: [] };
const admin = { subjects: { 'nginx:ditto': { type: 'user' } }, resources: { 'policy:/': all } };
const owned = apply(undefined, modify([], { entries: { admin, reader: { subjects: {}, resources: {} } } }));

describe('creating a policy', () => {
  it('fills in what Ditto fills in and drops unknown members', () => {
    const state = apply(undefined, modify([], { policyId, entries: { admin: { ...admin, x: 1 } }, imports: {}, y: 2 }));
    expect(state).toEqual({
      policy: { policyId, imports: {}, entries: { admin: { ...admin, importable: 'implicit' } } },
      revision: 1,
      created: 1_000,
      modified: 1_000,
      deleted: false,
    });
  });

  it('puts the caller in place of {{ request:subjectId }}', () => {
    const entries = {
      admin: { subjects: { '{{ request:subjectId }}': { type: 'me' } }, resources: { 'policy:/': all } },
    };
    expect(valueAt(apply(undefined, modify([], { entries })).policy, ['entries', 'admin', 'subjects'])).toEqual({
      'nginx:ditto': { type: 'me' },
    });
  });

  it('goes on counting revisions after a deletion, which leaves no entry', () => {
    const gone = apply(owned, remove([]));
    expect(gone).toMatchObject({ deleted: true, revision: 2, policy: { policyId, entries: {} } });
    const again = apply(gone, { kind: 'create', policyId, value: { entries: { admin } } });
    expect(again).toMatchObject({ deleted: false, revision: 3, created: 3_000 });
  });

  it('has a default that grants its subject everything', () => {
    const policy = defaultPolicy(policyId, caller);
    expect(hasAdministrator(policy)).toBe(true);
    expect(apply(undefined, modify([], policy)).policy).toEqual(policy);
  });
});

describe('changing a part', () => {
  it.each<[string, ModifyingPolicyCommand, JsonPointer, JsonValue | undefined, boolean]>([
    [
      'adds an entry',
      modify(['entries', 'new'], { resources: { 'thing:attributes': all } }),
      ['entries', 'new'],
      { subjects: {}, resources: { 'thing:/attributes': all }, importable: 'implicit' },
      true,
    ],
    ['replaces an entry', modify(['entries', 'reader'], {}), ['entries', 'reader', 'subjects'], {}, false],
    [
      'replaces all entries',
      modify(['entries'], { admin }),
      ['entries'],
      { admin: { ...admin, importable: 'implicit' } },
      false,
    ],
    [
      'adds a subject',
      modify(['entries', 'reader', 'subjects', 'a:b'], { type: 't', other: 1 }),
      ['entries', 'reader', 'subjects', 'a:b'],
      { type: 't' },
      true,
    ],
    [
      'adds a subject named by the placeholder',
      modify(['entries', 'reader', 'subjects', '{{request:subjectId}}'], { type: '' }),
      ['entries', 'reader', 'subjects', 'nginx:ditto'],
      { type: '' },
      true,
    ],
    [
      'adds a subject with a slash',
      modify(['entries', 'reader', 'subjects', 'oidc:https://a/b'], { type: '' }),
      ['entries', 'reader', 'subjects', 'oidc:https://a/b'],
      { type: '' },
      true,
    ],
    [
      'adds a resource whose path came in segments',
      modify(['entries', 'reader', 'resources', 'thing:', 'features', 'a'], { grant: ['READ', 'READ'], revoke: [] }),
      ['entries', 'reader', 'resources', 'thing:/features/a'],
      { grant: ['READ'], revoke: [] },
      true,
    ],
    [
      'adds a resource whose path came as one segment',
      modify(['entries', 'reader', 'resources', 'message:/'], all),
      ['entries', 'reader', 'resources', 'message:/'],
      all,
      true,
    ],
    [
      'sets importable',
      modify(['entries', 'reader', 'importable'], 'never'),
      ['entries', 'reader', 'importable'],
      'never',
      false,
    ],
    ['deletes an entry', remove(['entries', 'reader']), ['entries', 'reader'], undefined, false],
    [
      'treats __proto__ as a label',
      modify(['entries', '__proto__'], {}),
      ['entries', '__proto__', 'importable'],
      'implicit',
      true,
    ],
  ])('%s', (_name, command, path, expected, created) => {
    expect(decidePolicy(command, owned, context).created).toBe(created);
    const after = apply(owned, command);
    expect(valueAt(after.policy, path)).toEqual(expected);
    expect(after).toMatchObject({ revision: 2, created: 1_000, modified: 2_000 });
    expect(Object.hasOwn({}, 'importable')).toBe(false);
  });

  it.each([
    ['1970-01-01T11:00:00Z', '1970-01-01T11:00:00Z'],
    ['1970-01-01T11:00:00.001Z', '1970-01-01T12:00:00Z'],
    ['1970-01-01T13:30:00+02:00', '1970-01-01T12:00:00Z'],
  ])('rounds the expiry %s up to %s', (expiry, rounded) => {
    const state = apply(owned, modify(['entries', 'reader', 'subjects', 'a:b'], { type: 't', expiry }));
    expect(state.policy.entries['reader']?.subjects['a:b']?.expiry).toBe(rounded);
  });
});

describe('refusals', () => {
  const subjectOf = (value: JsonValue) => modify(['entries', 'reader', 'subjects', 'a:b'], value);
  const resourceOf = (value: JsonValue) => modify(['entries', 'reader', 'resources', 'thing:/'], value);
  const withAdmin = (member: object) => modify([], { entries: { admin: { ...admin, ...member } } });
  it.each<[string, PolicyState | undefined, ModifyingPolicyCommand]>([
    ['policies:policy.conflict', owned, { kind: 'create', policyId, value: { entries: { admin } } }],
    ['policies:policy.notfound', undefined, modify(['entries'], {})],
    ['policies:policy.notfound', undefined, remove([])],
    ['policies:policy.notfound', apply(owned, remove([])), remove([])],
    ['policies:entry.notfound', owned, modify(['entries', 'nope', 'subjects'], {})],
    ['policies:entry.notfound', owned, remove(['entries', 'nope', 'subjects', 'a:b'])],
    ['policies:entry.notfound', owned, remove(['entries', 'constructor'])],
    ['policies:subject.notfound', owned, remove(['entries', 'reader', 'subjects', 'a:b'])],
    ['policies:resource.notfound', owned, remove(['entries', 'reader', 'resources', 'thing:/'])],
    ['policies:policy.modificationinvalid', undefined, modify([], {})],
    ['policies:policy.modificationinvalid', owned, modify(['entries'], {})],
    ['policies:entry.modificationinvalid', owned, remove(['entries', 'admin'])],
    ['policies:entry.modificationinvalid', owned, remove(['entries', 'admin', 'subjects', 'nginx:ditto'])],
    ['policies:entry.modificationinvalid', owned, remove(['entries', 'admin', 'resources', 'policy:/'])],
    [
      'policies:entry.modificationinvalid',
      owned,
      modify(['entries', 'admin', 'subjects', 'nginx:ditto'], { type: 't', expiry: '2030-01-01T00:00:00Z' }),
    ],
    [
      'policies:entry.modificationinvalid',
      owned,
      modify(['entries', 'r'], { ...admin, resources: { 'policy:/': { grant: [], revoke: ['WRITE'] } } }),
    ],
    ['policies:id.notsettable', owned, modify([], { policyId: 'other:id', entries: { admin } })],
    ['policies:label.invalid', owned, modify(['entries', 'imported-x'], {})],
    ['policies:label.invalid', owned, modify(['entries', 'nsimportedX'], {})],
    ['policies:label.invalid', owned, modify(['entries', 'a/b'], {})],
    ['policies:label.invalid', owned, modify(['entries'], { admin, 'a\u0000': {} })],
    ['policies:label.invalid', owned, modify(['entries'], { admin, '': {} })],
    ['policies:subjectid.invalid', owned, modify(['entries', 'reader', 'subjects', 'nocolon'], { type: 't' })],
    ['policies:subjectid.invalid', owned, modify(['entries', 'reader', 'subjects'], { 'a:': { type: 't' } })],
    ['policies:subjectid.invalid', owned, modify(['entries', 'reader', 'subjects'], { 'a:\n': { type: 't' } })],
    [
      'policies:subjectid.invalid',
      owned,
      modify(['entries', 'reader', 'subjects'], { '{{ time:now }}': { type: 't' } }),
    ],
    ['policies:subjectexpiry.invalid', owned, subjectOf({ type: 't', expiry: 'tomorrow' })],
    ['policies:subjectexpiry.invalid', owned, subjectOf({ type: 't', expiry: '1970-01-01T10:00:00Z' })],
    ['policies:subjectexpiry.invalid', owned, subjectOf({ type: 't', expiry: '2030-01-01' })],
    ['policies:subjectannouncement.invalid', owned, subjectOf({ type: 't', announcement: { beforeExpiry: '1d' } })],
    ['json.field.missing', owned, subjectOf({})],
    ['json.invalid', owned, subjectOf({ type: 5 })],
    ['json.invalid', owned, subjectOf(null)],
    ['json.field.missing', owned, resourceOf({ grant: [] })],
    ['json.invalid', owned, resourceOf({ grant: 'READ', revoke: [] })],
    ['policies:entry.invalid', owned, resourceOf({ grant: ['FLY'], revoke: [] })],
    ['policies:entry.invalid', owned, modify(['entries', 'reader', 'resources'], { 'other:/': all })],
    ['policies:entry.invalid', owned, modify(['entries', 'reader', 'resources'], { nonsense: all })],
    ['policies:entry.invalid', owned, modify(['entries', 'reader', 'resources'], { 'thing:/': all, 'thing:': all })],
    ['json.pointer.invalid', owned, modify(['entries', 'reader', 'resources'], { 'thing://a': all })],
    ['policies:entry.invalid', owned, modify(['entries', 'reader', 'importable'], 'sometimes')],
    ['policies:entry.invalid', undefined, withAdmin({ references: [{ entry: 'x' }] })],
    ['policies:entry.invalid', undefined, withAdmin({ namespaces: ['a.b.*.c'] })],
    ['json.invalid', undefined, modify([], 5)],
    ['json.invalid', undefined, modify([], { entries: [] })],
    ['json.invalid', owned, modify(['entries', 'reader'], null)],
    ['signals.commands:path.unknown', owned, modify(['imports', 'a:b', 'x'], {})],
    ['signals.commands:path.unknown', owned, modify(['entries', 'reader', 'constructor'], {})],
    ['signals.commands:path.unknown', owned, modify(['entries', 'reader', 'subjects', 'a:b', 'type'], {})],
    ['signals.commands:path.unknown', owned, remove(['entries', 'reader', 'importable'])],
    ['signals.commands:path.unknown', owned, remove(['entries'])],
  ])('answers %s', (code, state, command) => {
    expect(verdict(state, command)).toBe(code);
  });

  it('does not hold a revoke on one administrator against another', () => {
    const other = { subjects: { 'a:b': { type: 't' } }, resources: { 'policy:/': { grant: [], revoke: ['WRITE'] } } };
    expect(verdict(owned, modify(['entries', 'other'], other))).toBe('accepted');
  });
});

describe('policy paths', () => {
  it.each([
    [[], '/'],
    [['entries', 'a~b'], '/entries/a~0b'],
    [['entries', 'a', 'subjects', 'x:y'], '/entries/a/subjects/x:y'],
    [['entries', 'a', 'resources', 'thing:', 'features', 'f'], '/entries/a/resources/thing:/features/f'],
    [['entries', 'a', 'resources', 'thing:'], '/entries/a/resources/thing:/'],
  ])('prints %j as %s', (pointer, text) => {
    expect(formatPolicyPath(parsePolicyPath(pointer, caller).pointer)).toBe(text);
  });
});
