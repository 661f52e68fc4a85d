import { parsePolicyId } from '@gemel/model/ids';
import { parseFieldSelector } from '@gemel/model/json';
import type { JsonPointer, JsonValue } from '@gemel/model/json';
import { defaultPolicy, parseSubjectId } from '@gemel/model/policies';
import type { PolicyCommand } from '@gemel/model/policies';
import { MemoryStore } from '@gemel/testkit/memory';
import { RevisionConflict } from '../ports/index.js';
import type { Change } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import { createPolicies } from './create-policies.js';
import { PolicyEnforcers } from './policy-enforcers.js';
import type { PolicyService } from './policy-service.js';

const policyId = parsePolicyId('example:policy');
const owner: SignalContext = { subjects: [parseSubjectId('test:owner')], headers: { 'correlation-id': 'c' } };
const reader: SignalContext = { subjects: [parseSubjectId('test:reader')], headers: {} };
const stranger: SignalContext = { subjects: [parseSubjectId('test:stranger')], headers: {} };

/** Another process wins the first races for a revision. */
class ContestedStore extends MemoryStore {
  races = 0;

  override async append(changes: readonly Change[]): Promise<void> {
    if (this.races-- > 0) throw new RevisionConflict('example:policy');
    await super.append(changes);
  }
}

function open(limits = { maxPolicyBytes: 5_000, expiryGranularity: 1_000 }) {
  const store = new ContestedStore();
  const clock = { time: 50_000, now: () => clock.time };
  return { store, clock, ...createPolicies({ log: store, states: store, clock, limits }) };
}

const entries = {
  owner: {
    subjects: { 'test:owner': { type: 't' } },
    resources: { 'policy:/': { grant: ['READ', 'WRITE'], revoke: [] } },
  },
  reader: {
    subjects: { 'test:reader': { type: 't' } },
    resources: { 'policy:/entries/reader': { grant: ['READ'], revoke: [] } },
  },
};
const put = (path: JsonPointer, value: JsonValue): PolicyCommand => ({ kind: 'modify', policyId, path, value });
const get = (path: JsonPointer): PolicyCommand => ({ kind: 'retrieve', policyId, path });
const remove = (path: JsonPointer): PolicyCommand => ({ kind: 'delete', policyId, path });

async function openWithPolicy() {
  const opened = open();
  await opened.service.execute(put([], { entries }), owner);
  return opened;
}

/** The code of the refusal, or the outcome. */
async function verdict(service: PolicyService, command: PolicyCommand, context: SignalContext): Promise<string> {
  try {
    return (await service.execute(command, context)).outcome;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('PolicyService', () => {
  it('creates, retrieves, changes and deletes a policy', async () => {
    const { service, store } = open();
    const created = await service.execute(put([], { entries }), owner);
    expect(created).toMatchObject({
      outcome: 'created',
      revision: 1,
      etag: '"rev:1"',
      value: { policyId, imports: {} },
    });

    const read = await service.execute(get([]), owner);
    expect(read).toEqual({ ...created, outcome: 'retrieved' });

    const subject = ['entries', 'reader', 'subjects', 'test:new'];
    const added = await service.execute(put(subject, { type: 't' }), owner);
    expect(added).toMatchObject({ outcome: 'created', revision: 2, value: { type: 't' }, path: subject });
    expect(added.etag).toMatch(/^"hash:/);
    expect((await service.execute(get(subject), owner)).etag).toBe(added.etag);

    const removed = await service.execute(remove([]), owner);
    expect(removed).toEqual({ outcome: 'deleted', policyId, path: [], revision: 3 });
    expect(await verdict(service, get([]), owner)).toBe('policies:policy.notfound');
    expect((await service.execute(put([], { entries }), owner)).revision).toBe(4);

    const [first] = await store.history('policy', policyId, { from: 1, to: 1 });
    expect(first?.event).toMatchObject({
      action: 'created',
      timestamp: 50_000,
      headers: { 'correlation-id': 'c', 'ditto-originator': 'test:owner' },
    });
  });

  it('shows a reader only what is readable, absent and hidden parts alike', async () => {
    const { service } = await openWithPolicy();
    const { value } = await service.execute(get([]), reader);
    expect(value).toEqual({ policyId, entries: { reader: { ...entries.reader, importable: 'implicit' } } });
    expect(await verdict(service, get(['entries', 'owner']), reader)).toBe('policies:entry.notfound');
    expect(await verdict(service, get(['entries', 'none']), reader)).toBe('policies:entry.notfound');
    expect(await verdict(service, get(['entries', 'none', 'subjects']), owner)).toBe('policies:entry.notfound');
    expect(await verdict(service, get(['entries', 'reader', 'subjects', 'a:b']), reader)).toBe(
      'policies:subject.notfound',
    );
    expect(await verdict(service, get(['entries', 'reader', 'resources', 'thing:']), reader)).toBe(
      'policies:resource.notfound',
    );
    expect(await verdict(service, get([]), stranger)).toBe('policies:policy.notfound');
  });

  it('selects fields, hidden ones only when named', async () => {
    const { service } = await openWithPolicy();
    const fields = parseFieldSelector('policyId,_revision,_modified,entries/reader/subjects');
    const { value } = await service.execute({ kind: 'retrieve', policyId, path: [], fields }, owner);
    expect(value).toEqual({
      policyId,
      _revision: 1,
      _modified: '1970-01-01T00:00:50Z',
      entries: { reader: { subjects: entries.reader.subjects } },
    });
  });

  it.each<[string, PolicyCommand, SignalContext]>([
    ['policies:policy.notmodifiable', put([], { entries }), reader],
    ['policies:policy.notmodifiable', put(['entries'], entries), stranger],
    ['policies:policy.notmodifiable', remove([]), reader],
    ['policies:entry.notmodifiable', put(['entries', 'reader'], {}), reader],
    ['policies:entry.notmodifiable', put(['entries', 'reader', 'importable'], 'never'), reader],
    ['policies:subjects.notmodifiable', put(['entries', 'reader', 'subjects'], {}), reader],
    ['policies:subject.notmodifiable', remove(['entries', 'reader', 'subjects', 'a:b']), reader],
    ['policies:resources.notmodifiable', put(['entries', 'reader', 'resources'], {}), reader],
    ['policies:resource.notmodifiable', remove(['entries', 'reader', 'resources', 'thing:/']), reader],
    ['policies:policy.conflict', { kind: 'create', policyId, value: { entries } }, owner],
    ['policies:entry.modificationinvalid', remove(['entries', 'owner']), owner],
    ['policies:policy.toolarge', put(['entries', 'x'.repeat(5_000)], {}), owner],
    ['policies:precondition.failed', put(['entries'], entries), { ...owner, preconditions: { ifMatch: '"rev:1"' } }],
    ['policies:precondition.failed', put([], { entries }), { ...owner, preconditions: { ifNoneMatch: '*' } }],
    ['policies:precondition.notmodified', get([]), { ...owner, preconditions: { ifNoneMatch: '"rev:1"' } }],
    ['modified', put([], { entries }), { ...owner, preconditions: { ifMatch: '"rev:1"' } }],
    [
      'policies:subject.notfound',
      remove(['entries', 'reader', 'subjects', 'a:b']),
      { ...owner, preconditions: { ifMatch: '*' } },
    ],
  ])('answers %s and then nothing has changed unless it says so', async (expected, command, context) => {
    const { service, store } = await openWithPolicy();
    expect(await verdict(service, command, context)).toBe(expected);
    expect(await store.end()).toBe(expected === 'modified' ? 2 : 1);
  });

  it('refuses parts of a policy that is not there, and preconditions on its creation', async () => {
    const { service } = open();
    expect(await verdict(service, put(['entries'], entries), owner)).toBe('policies:policy.notfound');
    expect(await verdict(service, remove([]), owner)).toBe('policies:policy.notfound');
    expect(await verdict(service, put([], { entries }), { ...owner, preconditions: { ifMatch: '*' } })).toBe(
      'policies:precondition.failed',
    );
  });

  it('creates a policy that its creator cannot change only when a lockout is allowed', async () => {
    const { service } = open();
    expect(await verdict(service, put([], { entries }), stranger)).toBe('policies:policy.notcreatable');
    expect(await verdict(service, put([], { entries }), { ...stranger, allowPolicyLockout: true })).toBe('created');
  });

  it('decides again after losing a race, boundedly', async () => {
    const { service, store } = await openWithPolicy();
    store.races = 19;
    expect(await verdict(service, put(['entries', 'reader'], {}), owner)).toBe('modified');
    store.races = 20;
    expect(await verdict(service, put(['entries', 'reader'], {}), owner)).toBe('gemel:revision.conflict');
  });

  it('loses none of many concurrent changes', async () => {
    const { service, store } = await openWithPolicy();
    const ids = Array.from({ length: 50 }, (_, index) => `n:${index}`);
    const writes = ids.map((id) => service.execute(put(['entries', 'reader', 'subjects', id], { type: '' }), owner));
    await Promise.all(writes);
    const state = await store.policy(policyId);
    expect(Object.keys(state?.policy.entries['reader']?.subjects ?? {})).toEqual(['test:reader', ...ids]);
    expect(state?.revision).toBe(51);
  });
});

describe('Policies: Mailbox limit', () => {
  it('refuses what would wait behind a hundred changes of one policy, but nothing patient', async () => {
    const { service } = await openWithPolicy();
    const change = (context: SignalContext) => verdict(service, put(['entries', 'reader'], {}), context);
    const inTime = Array.from({ length: 101 }, () => change(owner));
    const tooMany = change(owner);
    const patient = change({ ...owner, isPatient: true });
    const other = { kind: 'modify', policyId: parsePolicyId('example:other'), path: [], value: { entries } } as const;
    const another = verdict(service, other, owner);
    expect(await tooMany).toBe('policies:policy.toomanymodifyingrequests');
    expect(new Set(await Promise.all(inTime))).toEqual(new Set(['modified']));
    expect([await patient, await another, await change(owner)]).toEqual(['modified', 'created', 'modified']);
  });
});

describe('PolicyEnforcers', () => {
  it('keep an enforcer until the policy changes', async () => {
    const { service, enforcers } = await openWithPolicy();
    const before = await enforcers.enforcer(policyId, reader.subjects, policyId);
    expect(await enforcers.enforcer(policyId, [...reader.subjects], policyId)).toBe(before);
    expect(before?.permits('thing', [], 'READ')).toBe(false);

    const resources = { 'thing:/': { grant: ['READ'], revoke: [] } };
    await service.execute(put(['entries', 'reader', 'resources'], resources), owner);
    expect((await enforcers.enforcer(policyId, reader.subjects, policyId))?.permits('thing', [], 'READ')).toBe(true);

    await service.execute(remove([]), owner);
    expect(await enforcers.enforcer(policyId, owner.subjects, policyId)).toBeUndefined();
  });

  it('take a right away when its subject expires', async () => {
    const { service, enforcers, clock } = await openWithPolicy();
    const subject = { type: 't', expiry: '1970-01-01T00:01:00Z' };
    await service.execute(put(['entries', 'reader', 'subjects', 'test:reader'], subject), owner);
    expect(
      (await enforcers.enforcer(policyId, reader.subjects, policyId))?.permitsPartially('policy', [], 'READ'),
    ).toBe(true);
    clock.time = 60_000;
    expect(
      (await enforcers.enforcer(policyId, reader.subjects, policyId))?.permitsPartially('policy', [], 'READ'),
    ).toBe(false);
    expect(await verdict(service, get([]), reader)).toBe('policies:policy.notfound');
  });

  it('keep no more than twice their capacity', async () => {
    const { store } = await openWithPolicy();
    const enforcers = new PolicyEnforcers(store, { now: () => 0 }, { capacity: 2 });
    const subjects = ['a:1', 'a:2', 'a:3', 'a:4', 'a:5'].map((id) => [parseSubjectId(id)]);
    const first = await enforcers.enforcer(policyId, subjects[0]!, policyId);
    for (const each of subjects) await enforcers.enforcer(policyId, each, policyId);
    expect(await enforcers.enforcer(policyId, subjects[0]!, policyId)).not.toBe(first);
    const last = await enforcers.enforcer(policyId, subjects[4]!, policyId);
    expect(await enforcers.enforcer(policyId, subjects[4]!, policyId)).toBe(last);
  });
});

describe('PolicyCreation', () => {
  it('makes a change to be appended elsewhere, going on counting after a deletion', async () => {
    const { service, creation, store } = await openWithPolicy();
    const policy = defaultPolicy(policyId, owner.subjects[0]);
    expect(await creation.create(policy, owner)).toBeUndefined();
    await service.execute(remove([]), owner);
    const created = await creation.create(policy, owner);
    expect(created?.change).toMatchObject({
      entity: 'policy',
      event: { action: 'created', revision: 3 },
      state: { policy },
    });
    expect(await store.end()).toBe(2);
  });

  it('refuses a policy that the creator would not own', async () => {
    const { creation } = open();
    await expect(creation.create(defaultPolicy(policyId, owner.subjects[0]), stranger)).rejects.toMatchObject({
      code: 'policies:policy.notcreatable',
    });
  });
});
