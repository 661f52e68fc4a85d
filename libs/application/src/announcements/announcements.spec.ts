import { parsePolicyId } from '@gemel/model/ids';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import { turns } from '@gemel/testkit/contracts';
import { MemoryLiveBus, MemoryRecords, MemoryStore, VirtualTimers } from '@gemel/testkit/memory';
import { AckCollections } from '../acks/index.js';
import { ExpiredSubjects, createPolicies } from '../policies/index.js';
import { AnnouncementHub, SubjectAnnouncer } from './index.js';

const HOUR = 3_600_000;
const START = Date.UTC(2030, 0, 1);
const policyId = parsePolicyId('x:fleet');
const owner = { subjects: [parseSubjectId('test:owner')] as const, headers: {} };
const guest = parseSubjectId('test:guest');
const ALL = { grant: ['READ', 'WRITE'], revoke: [] };
const silent = (): void => undefined;
const log = { error: silent, warn: silent, info: silent, debug: silent };

/** The policies of two processes: one carries duties out, the other has the subscribers. */
async function open(announcement: JsonObject, expiry?: string) {
  const store = new MemoryStore();
  const records = new MemoryRecords();
  const bus = new MemoryLiveBus();
  const timers = new VirtualTimers();
  const clock = { now: () => START + timers.now() };
  let ids = 0;
  const acks = new AckCollections(timers);
  const parts = { clock, ids: { uuid: () => `id-${String(++ids)}` } };
  const anAnnouncer = () => new SubjectAnnouncer({ ...parts, hub: new AnnouncementHub(bus, log), acks, records, log });
  const announcer = anAnnouncer();
  const limits = { maxPolicyBytes: 100_000, expiryGranularity: 1 };
  const { service } = createPolicies({ log: store, states: store, clock, limits, announcer });
  let expired = new ExpiredSubjects({ ...parts, log: store, directory: store.directory, announcer });
  /** Another process takes the duty over. */
  const restart = (): void => {
    expired = new ExpiredSubjects({ ...parts, log: store, directory: store.directory, announcer: anAnnouncer() });
  };
  const heard: JsonObject[] = [];
  const others: JsonObject[] = [];
  const there = new AnnouncementHub(bus, log);
  there.subscribe({ name: 'guest', subjects: [guest], next: (envelope) => heard.push(envelope) });
  there.subscribe({ name: 'owner', subjects: owner.subjects, next: (envelope) => others.push(envelope) });
  const put = (path: readonly string[], value: JsonValue) =>
    service.execute({ kind: 'modify', policyId, path, value }, owner);
  const subject = { type: 't', ...(expiry === undefined ? {} : { expiry }), announcement };
  await put([], {
    entries: {
      owner: { subjects: { 'test:owner': { type: 't' } }, resources: { 'policy:/': ALL } },
      guests: { subjects: { [guest]: subject }, resources: {} },
    },
  });
  const later = async (ms: number): Promise<void> => {
    await timers.advance(ms);
    await expired.sweep(undefined);
    await turns(3);
  };
  const isThere = async () =>
    Object.hasOwn((await store.policy(policyId))?.policy.entries['guests']?.subjects ?? {}, guest);
  return { acks, heard, others, later, isThere, put, service, restart, records };
}

const IN_TWO_HOURS = '2030-01-01T02:00:00Z';
const AN_HOUR_BEFORE = { beforeExpiry: '1h', randomizationInterval: '0s' };

describe('Subject announcements', () => {
  it('tell the subject before it expires, once, and nobody else', async () => {
    const { heard, others, later, isThere } = await open({ ...AN_HOUR_BEFORE }, IN_TWO_HOURS);
    await later(HOUR - 1);
    expect(heard).toEqual([]);
    await later(1);
    await later(HOUR / 2);
    expect(heard).toEqual([
      {
        topic: 'x/fleet/policies/announcements/subjectDeletion',
        headers: { 'correlation-id': 'id-1', version: 2 },
        path: '/',
        value: { deleteAt: IN_TWO_HOURS, subjectIds: [guest] },
      },
    ]);
    await later(HOUR / 2);
    expect([await isThere(), heard.length, others.length]).toEqual([false, 1, 0]);
  });

  it('are made again until they are acknowledged, which holds the deletion back', async () => {
    const requestedAcks = { labels: ['my:ack'], timeout: '10s' };
    const { acks, heard, later, isThere } = await open({ ...AN_HOUR_BEFORE, requestedAcks }, IN_TWO_HOURS);
    await later(HOUR);
    expect(heard[0]).toMatchObject({ headers: { 'requested-acks': ['my:ack'], timeout: '10000ms' } });
    await later(10_000);
    await later(1_000);
    expect(heard).toHaveLength(2);
    await later(2 * HOUR);
    expect(await isThere()).toBe(true);
    acks.receive('id-1', { label: 'my:ack', status: 200, headers: {} });
    await later(1_000);
    expect(await isThere()).toBe(true);
    const { 'correlation-id': last } = heard.at(-1)?.['headers'] as { 'correlation-id': string };
    acks.receive(last, { label: 'my:ack', status: 200, headers: {} });
    await turns(3);
    await later(1_000);
    expect(await isThere()).toBe(false);
  });

  it('are not made again by another process, once they are made or acknowledged', async () => {
    const quiet = await open(AN_HOUR_BEFORE, IN_TWO_HOURS);
    await quiet.later(HOUR);
    quiet.restart();
    await quiet.later(1_000);
    expect(quiet.heard).toHaveLength(1);
    const asking = await open({ ...AN_HOUR_BEFORE, requestedAcks: { labels: ['my:ack'] } }, IN_TWO_HOURS);
    await asking.later(HOUR);
    asking.restart();
    await asking.later(1_000);
    expect(asking.heard).toHaveLength(2);
    asking.acks.receive('id-2', { label: 'my:ack', status: 200, headers: {} });
    await turns(3);
    asking.restart();
    await asking.later(HOUR);
    expect([asking.heard.length, await asking.isThere()]).toEqual([2, false]);
  });

  it('are forgotten when their subjects are long gone', async () => {
    const { later, records } = await open(AN_HOUR_BEFORE, IN_TWO_HOURS);
    const written = async () => (await records.records('announced', { prefix: '', limit: 9 })).length;
    await later(HOUR);
    expect(await written()).toBe(1);
    await later(8 * HOUR);
    expect(await written()).toBe(0);
  });

  it('are made within five minutes before, each subject at a time of its own, unless told otherwise', async () => {
    const { heard, later } = await open({ beforeExpiry: '1h' }, IN_TWO_HOURS);
    await later(HOUR - 300_001);
    expect(heard).toEqual([]);
    await later(300_000);
    expect(heard).toHaveLength(1);
  });

  it('hold it back for four hours at most', async () => {
    const requestedAcks = { labels: ['my:ack'] };
    const { later, isThere } = await open({ ...AN_HOUR_BEFORE, requestedAcks }, IN_TWO_HOURS);
    await later(6 * HOUR);
    expect(await isThere()).toBe(true);
    await later(1);
    expect(await isThere()).toBe(false);
  });

  it('tell of a subject that somebody deletes, in whichever way', async () => {
    const { heard, put, later } = await open({ whenDeleted: true });
    await put(['entries', 'guests', 'subjects', guest], { type: 'changed', announcement: { whenDeleted: true } });
    expect(heard).toEqual([]);
    await later(1_000);
    await put(['entries', 'guests'], { subjects: {}, resources: {} });
    expect(heard).toMatchObject([{ value: { deleteAt: '2030-01-01T00:00:01Z', subjectIds: [guest] } }]);
  });

  it('tell of each deletion of a subject that comes back', async () => {
    const { heard, put, later } = await open({ whenDeleted: true });
    const subjects = { [guest]: { type: 't', announcement: { whenDeleted: true } } };
    for (const content of [{}, subjects, {}]) {
      await put(['entries', 'guests', 'subjects'], content);
      await later(1_000);
    }
    expect(heard).toHaveLength(2);
  });

  it('tell of a deletion with the policy, but not of one that nobody wanted to know', async () => {
    const told = await open({ whenDeleted: true });
    await told.service.execute({ kind: 'delete', policyId, path: [] }, owner);
    expect(told.heard).toHaveLength(1);
    const silent = await open({ whenDeleted: false });
    await silent.service.execute({ kind: 'delete', policyId, path: [] }, owner);
    expect(silent.heard).toEqual([]);
  });
});
