import { CreationRules } from '@gemel/model/creation';
import type { CreationRule } from '@gemel/model/creation';
import { GemelError } from '@gemel/model/errors';
import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import type { JsonValue } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import type { ThingState } from '@gemel/model/things';
import { MemoryStore } from '@gemel/testkit/memory';
import { createPolicies } from '../policies/index.js';
import type { SignalContext } from '../signals/index.js';
import { createThingService } from './create-thing-service.js';

const thingId = parseThingId('example:car');
const owner: SignalContext = { subjects: [parseSubjectId('test:owner')], headers: {} };
const other: SignalContext = { subjects: [parseSubjectId('test:other')], headers: {} };
const ANY: CreationRule = { types: [], namespaces: [], subjects: [], definitions: [] };

/** Reads a thing's state when told to. */
class SlowReads extends MemoryStore {
  #gate: Promise<void> = Promise.resolve();

  hold(): () => void {
    let release = (): void => undefined;
    this.#gate = new Promise((resolve) => (release = resolve));
    return release;
  }

  override async thing(id: ThingId): Promise<ThingState | undefined> {
    await this.#gate;
    return super.thing(id);
  }
}

function open(creation?: CreationRules) {
  const store = new SlowReads();
  const clock = { now: () => 1_000 };
  const policies = createPolicies({ log: store, states: store, clock, creation });
  const things = createThingService({
    log: store,
    states: store,
    archive: store.archive,
    enforcers: policies.enforcers,
    policyCreation: policies.creation,
    clock,
    maxThingBytes: 2_000,
    maxWaiting: 3,
    creation,
  });
  const put = (value: JsonValue, context = owner, id = thingId) =>
    codeOf(things.execute({ kind: 'modify', thingId: id, path: [], value }, context));
  return { store, things, policies: policies.service, put };
}

/** The code of the refusal, or the outcome. */
async function codeOf(reply: Promise<{ readonly outcome: string }>): Promise<string> {
  return reply.then(
    ({ outcome }) => outcome,
    (error: unknown) => (error instanceof GemelError ? error.code : String(error)),
  );
}

describe('Things: Copy policy', () => {
  it.each([
    ['created', 'example:car'],
    ['created', '{{ ref:things/example:car/policyId }}'],
    ['created', '{{ref:things/example:car/policyId}}'],
    ['things:thing.notfound', '{{ ref:things/example:none/policyId }}'],
    ['things:id.invalid', '{{ ref:things/none/policyId }}'],
    ['placeholder:placeholder.reference.notsupported', '{{ ref:policies/example:car/policyId }}'],
    ['placeholder:placeholder.reference.notsupported', '{{ thing:id }}'],
    ['placeholder:placeholder.reference.unknownfield', '{{ ref:things/example:car/attributes }}'],
    ['policies:policy.notfound', 'example:none'],
    ['policies:id.invalid', 'none'],
  ])('%s from %j', async (expected, _copyPolicyFrom) => {
    const { put, store } = open();
    expect(await put({})).toBe('created');
    expect(await put({ _copyPolicyFrom }, owner, parseThingId('example:copy'))).toBe(expected);
    // Nothing is left of what was refused.
    const policy = await store.policy(parsePolicyId('example:copy'));
    expect(policy === undefined).toBe(expected !== 'created');
  });

  it('needs READ on the source', async () => {
    const { put } = open();
    await put({});
    const copy = parseThingId('example:copy');
    expect(await put({ _copyPolicyFrom: 'example:car' }, other, copy)).toBe('policies:policy.notfound');
    expect(await put({ _copyPolicyFrom: '{{ ref:things/example:car/policyId }}' }, other, copy)).toBe(
      'things:thing.notfound',
    );
  });
});

describe('Things: Existing policy', () => {
  it('must exist, be readable, and let the caller write', async () => {
    const { put, policies } = open();
    const id = parseThingId('example:new');
    expect(await put({ policyId: 'example:car' }, owner, id)).toBe('things:thing.notcreatable');
    await put({});
    expect(await put({ policyId: 'example:car' }, other, id)).toBe('policies:policy.notfound');
    const value = {
      subjects: { 'test:other': { type: 't' } },
      resources: { 'policy:/': { grant: ['READ'], revoke: [] } },
    };
    const policyId = parsePolicyId('example:car');
    await policies.execute({ kind: 'modify', policyId, path: ['entries', 'other'], value }, owner);
    expect(await put({ policyId: 'example:car' }, other, id)).toBe('things:thing.notmodifiable');
    expect(await put({ policyId: 'example:car' }, owner, id)).toBe('created');
  });

  it('that is deleted leaves its things unreachable until it exists again', async () => {
    const { put, policies, things } = open();
    await put({});
    const policyId = parsePolicyId('example:car');
    await policies.execute({ kind: 'delete', policyId, path: [] }, owner);
    expect(await put({})).toBe('things:thing.notmodifiable');
    expect(await codeOf(things.execute({ kind: 'retrieve', thingId, path: [] }, owner))).toBe('things:thing.notfound');
  });
});

describe('Things: Entity creation restriction', () => {
  it('refuses things and policies, and lets everybody change what is there', async () => {
    const { put, policies } = open(
      new CreationRules([{ ...ANY, namespaces: ['example'] }], [{ ...ANY, subjects: ['test:other'] }]),
    );
    const elsewhere = parseThingId('elsewhere:car');
    expect(await put({}, owner, elsewhere)).toBe('entity.notcreatable');
    expect(await put({}, other)).toBe('entity.notcreatable');
    expect(await put({ policyId: 'elsewhere:none' }, owner, elsewhere)).toBe('entity.notcreatable');
    expect(await put({ _policy: { policyId: 'elsewhere:p', entries: {} } })).toBe('entity.notcreatable');
    expect(await put({})).toBe('created');
    expect(await put({})).toBe('modified');
    const policyId = parsePolicyId('elsewhere:policy');
    expect(await codeOf(policies.execute({ kind: 'modify', policyId, path: [], value: { entries: {} } }, owner))).toBe(
      'entity.notcreatable',
    );
  });

  it('looks at the definition', async () => {
    const { put } = open(new CreationRules([{ ...ANY, definitions: ['a:*'] }], []));
    expect(await put({})).toBe('entity.notcreatable');
    expect(await put({ definition: 'b:c:1' })).toBe('entity.notcreatable');
    expect(await put({ definition: 'a:c:1' })).toBe('created');
  });
});

describe('Things: Mailbox limit', () => {
  it('refuses what would wait behind too many changes of one thing, but nothing patient', async () => {
    const { put, store } = open();
    const release = store.hold();
    const inTime = [put({}), put({}), put({}), put({})];
    expect(await put({})).toBe('things:thing.toomanymodifyingrequests');
    const patient = put({}, { ...owner, isPatient: true });
    const another = put({}, owner, parseThingId('example:other'));
    release();
    expect(await Promise.all(inTime)).toEqual(['created', 'modified', 'modified', 'modified']);
    expect([await patient, await another]).toEqual(['modified', 'created']);
    expect(await put({})).toBe('modified');
  });
});

describe('Things: Placeholders in bodies', () => {
  it('are replaced in values of things and policies, and in subject ids', async () => {
    const { put, things, policies, store } = open();
    const entry = {
      subjects: { '{{ request:subjectId }}': { type: 'since {{ time:now }}' } },
      resources: {
        'thing:/': { grant: ['READ', 'WRITE'], revoke: [] },
        'policy:/': { grant: ['READ', 'WRITE'], revoke: [] },
      },
    };
    const by = { by: '{{ request:subjectId }}', other: '{{ thing:id }}' };
    expect(await put({ attributes: by, _policy: { entries: { owner: entry } } })).toBe('created');
    await things.execute(
      { kind: 'merge', thingId, path: ['attributes', 'at'], value: '{{ time:now_epoch_millis }}' },
      owner,
    );
    const policyId = parsePolicyId('example:car');
    const path = ['entries', 'more', 'subjects', '${request.subjectId}'];
    await policies.execute({ kind: 'modify', policyId, path: path.slice(0, 2), value: entry }, owner);
    await policies.execute({ kind: 'modify', policyId, path, value: { type: '{{ request:subjectId }}' } }, owner);
    expect((await store.thing(thingId))?.thing.attributes).toEqual({
      by: 'test:owner',
      other: '{{ thing:id }}',
      at: '1000',
    });
    expect((await store.policy(policyId))?.policy.entries).toMatchObject({
      owner: { subjects: { 'test:owner': { type: 'since 1970-01-01T00:00:01Z' } } },
      more: { subjects: { 'test:owner': { type: 'test:owner' } } },
    });
  });
});
