import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import { MemoryRecords, MemoryStore } from '@gemel/testkit/memory';
import { createPolicies } from '../policies/index.js';
import type { SignalContext } from '../signals/index.js';
import { createThingService } from '../things/index.js';
import { DeviceCredentials } from './device-credentials.js';
import { isStillIssued } from './issued.js';
import { MqttUsers } from './mqtt-users.js';

const context = (name: string): SignalContext => ({
  subjects: [parseSubjectId(`test:${name}`)],
  headers: { 'correlation-id': `of ${name}` },
});
const owner = context('owner');
const thingId = parseThingId('org.lab:sensor');
const grant = (name: string, resource: string) => ({
  subjects: { [`test:${name}`]: { type: 't' } },
  resources: { [resource]: { grant: ['READ', 'WRITE'], revoke: [] } },
});
const entries = {
  owner: {
    ...grant('owner', 'thing:/'),
    resources: { ...grant('owner', 'thing:/').resources, ...grant('', 'policy:/').resources },
  },
  writer: grant('writer', 'thing:/'),
};
const hasher = {
  hash: (password: string) => Promise.resolve(`hash of ${password}`),
  verify: (password: string, hash: string) => Promise.resolve(hash === `hash of ${password}`),
  mark: (password: string) => password,
};

async function open() {
  const store = new MemoryStore();
  const clock = { time: 1_000_000, now: () => clock.time };
  let uuids = 0;
  const ids = { uuid: () => `secret-${String(++uuids)}` };
  const policies = createPolicies({ log: store, states: store, clock });
  const things = createThingService({
    log: store,
    states: store,
    archive: store.archive,
    clock,
    enforcers: policies.enforcers,
    policyCreation: policies.creation,
    maxThingBytes: 100_000,
  });
  const changes: string[] = [];
  const logged: string[] = [];
  const note = (fields: object, message: string) => logged.push(`${message} ${JSON.stringify(fields)}`);
  const users = new MqttUsers(
    new MemoryRecords(),
    hasher,
    (name, change) => changes.push(`${name} ${change}`),
    (user) => isStillIssued(store, user),
  );
  const credentials = new DeviceCredentials({
    ...{ users, states: store, enforcers: policies.enforcers, clock, ids },
    topics: { publish: ['telemetry/{{ thing:id }}'], subscribe: ['commands/{{ thing:name }}'] },
    log: { error: note, warn: note, info: note, debug: note },
  });
  const policyId = parsePolicyId('org.lab:sensors');
  await policies.service.execute({ kind: 'modify', policyId, path: [], value: { entries } }, owner);
  const make = () => things.execute({ kind: 'modify', thingId, path: [], value: { policyId } }, owner);
  const unmake = () => things.execute({ kind: 'delete', thingId, path: [] }, owner);
  await make();
  return { clock, credentials, users, changes, logged, make, unmake };
}

const passwordIn = ({ json }: { readonly json: JsonObject }) => json['password'] as string;
const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error as { code: string }).code,
  );

describe('a credential of a device', () => {
  it('is made for a thing: it signs in with the topics of the thing and a subject of its own', async () => {
    const { credentials, users } = await open();
    const made = await credentials.issue(thingId, 'gateway', owner);
    expect(made).toEqual({
      outcome: 'created',
      json: {
        label: 'gateway',
        username: 'org.lab:sensor@gateway',
        subject: 'mqtt:org.lab:sensor@gateway',
        publish: ['telemetry/{{ thing:id }}'],
        subscribe: ['commands/{{ thing:name }}'],
        issued: '1970-01-01T00:16:40Z',
        password: 'secret-1',
      },
    });
    const signedIn = await users.signIn('org.lab:sensor@gateway', passwordIn(made), 'c');
    expect(signedIn).toMatchObject({ subjects: ['mqtt:org.lab:sensor@gateway'] });
    const access = typeof signedIn === 'object' ? signedIn.access : undefined;
    expect([access?.mayPublish('telemetry/org.lab:sensor'), access?.mayPublish('telemetry/org.lab:other')]).toEqual([
      true,
      false,
    ]);
    expect(access?.maySubscribe('commands/sensor')).toBe(true);
  });

  it('is listed without its password, and who made it is logged without it, too', async () => {
    const { credentials, logged } = await open();
    await credentials.issue(thingId, 'a', owner);
    await credentials.issue(thingId, 'b', owner);
    const listed = await credentials.list(thingId, owner);
    expect(listed).toMatchObject([{ label: 'a' }, { label: 'b' }]);
    expect(JSON.stringify([listed, logged])).not.toContain('secret');
    expect(logged[0]).toContain('"by":"test:owner","correlationId":"of owner"');
  });

  it('has another password when it is made again, and ends', async () => {
    const { credentials, users, changes } = await open();
    const first = passwordIn(await credentials.issue(thingId, 'a', owner));
    const again = await credentials.issue(thingId, 'a', owner);
    expect(again.outcome).toBe('modified');
    expect(await users.signIn('org.lab:sensor@a', first, 'c')).toBe('wrong');
    expect(await users.signIn('org.lab:sensor@a', passwordIn(again), 'c')).toMatchObject({
      subjects: [expect.anything()],
    });
    await credentials.revoke(thingId, 'a', owner);
    expect(await users.signIn('org.lab:sensor@a', passwordIn(again), 'c')).toBeUndefined();
    expect(changes).toEqual(['org.lab:sensor@a modified', 'org.lab:sensor@a deleted']);
    expect(await code(credentials.revoke(thingId, 'a', owner))).toBe('gemel:mqtt.credential.notfound');
  });

  it('is a matter of those who may change the policy of the thing', async () => {
    const { credentials } = await open();
    const attempts = (who: SignalContext) =>
      Promise.all([
        code(credentials.list(thingId, who)),
        code(credentials.issue(thingId, 'a', who)),
        code(credentials.revoke(thingId, 'a', who)),
      ]);
    const [refused, hidden] = ['policies:policy.notmodifiable', 'things:thing.notfound'];
    expect(await attempts(context('writer'))).toEqual([refused, refused, refused]);
    expect(await attempts(context('stranger'))).toEqual([hidden, hidden, hidden]);
    expect(await code(credentials.list(parseThingId('org.lab:none'), owner))).toBe(hidden);
  });

  it('ends with its thing, and is not that of a thing that comes after it', async () => {
    const { credentials, users, clock, make, unmake } = await open();
    const password = passwordIn(await credentials.issue(thingId, 'a', owner));
    clock.time += 10;
    await unmake();
    expect(await users.signIn('org.lab:sensor@a', password, 'c')).toBe('wrong');
    clock.time += 10;
    await make();
    expect(await users.signIn('org.lab:sensor@a', password, 'c')).toBe('wrong');
    expect(await credentials.list(thingId, owner)).toEqual([]);
    expect((await credentials.issue(thingId, 'a', owner)).outcome).toBe('created');
  });

  it('leaves alone users that operators have made', async () => {
    const { credentials, users } = await open();
    await users.put('org.lab:sensor@a', { password: 'x', subjects: ['nginx:admin'] });
    expect(await code(credentials.issue(thingId, 'a', owner))).toBe('gemel:mqtt.credential.taken');
    expect(await code(credentials.revoke(thingId, 'a', owner))).toBe('gemel:mqtt.credential.taken');
    expect(await credentials.list(thingId, owner)).toEqual([]);
  });

  it('is one of ten at most, and there are ten passwords a minute', async () => {
    const { credentials, clock } = await open();
    for (let n = 0; n < 10; n++) await credentials.issue(thingId, `n${String(n)}`, owner);
    expect(await code(credentials.issue(thingId, 'n0', owner))).toBe('gemel:mqtt.credential.toooften');
    expect(await code(credentials.issue(thingId, 'more', owner))).toBe('gemel:mqtt.credential.toomany');
    clock.time += 60_000;
    expect(await code(credentials.issue(thingId, 'n0', owner))).toBe('done');
    expect(await code(credentials.issue(thingId, 'more', owner))).toBe('gemel:mqtt.credential.toomany');
  });

  it.each(['', 'a/b', 'a@b', 'x'.repeat(33)])('has no label %j', async (label) => {
    const { credentials } = await open();
    expect(await code(credentials.issue(thingId, label, owner))).toBe('gemel:mqtt.credential.invalid');
  });
});
