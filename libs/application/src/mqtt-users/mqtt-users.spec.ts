import { MemoryRecords } from '@gemel/testkit/memory';
import { MqttUsers } from './mqtt-users.js';

let proofs: number;
let changes: string[];
let records: MemoryRecords;
let users: MqttUsers;

beforeEach(() => {
  proofs = 0;
  changes = [];
  records = new MemoryRecords();
  const hasher = {
    hash: (password: string) => Promise.resolve(`hash of ${password}`),
    verify: (password: string, hash: string) => {
      proofs++;
      return Promise.resolve(hash === `hash of ${password}`);
    },
    mark: (password: string) => password,
  };
  users = new MqttUsers(records, hasher, (name, change) => changes.push(`${name} ${change}`));
});

describe('an MQTT user', () => {
  it('signs in by its password, and has its subjects and topics', async () => {
    await users.put('s1', { password: 'right', subjects: ['org:a', 'org:b'], publish: ['{{ client:id }}/x'] });
    const signedIn = await users.signIn('s1', 'right', 'c1');
    expect(signedIn).toMatchObject({ subjects: ['org:a', 'org:b'] });
    expect(typeof signedIn === 'object' && signedIn.access.mayPublish('c1/x')).toBe(true);
    expect(await users.signIn('s1', 'wrong', 'c1')).toBe('wrong');
    expect(await users.signIn('s2', 'right', 'c1')).toBeUndefined();
  });

  it('proves its password once, and anew after a change', async () => {
    await users.put('s1', { password: 'one' });
    await users.signIn('s1', 'one', 'c1');
    await users.signIn('s1', 'one', 'c2');
    expect(proofs).toBe(1);
    await users.put('s1', { password: 'two' });
    expect(await users.signIn('s1', 'one', 'c1')).toBe('wrong');
    expect(await users.signIn('s1', 'two', 'c1')).toMatchObject({ subjects: ['mqtt:s1'] });
  });

  it('keeps its password when it is modified without one, and whoever holds its connections is told', async () => {
    await users.put('s1', { password: 'one' });
    expect(changes).toEqual([]);
    await users.put('s1', { publish: ['a'] });
    expect(await users.signIn('s1', 'one', 'c1')).toMatchObject({ subjects: ['mqtt:s1'] });
    await users.remove('s1');
    expect(await users.signIn('s1', 'one', 'c1')).toBeUndefined();
    expect(changes).toEqual(['s1 modified', 's1 deleted']);
  });

  it('is one when two create it at once', async () => {
    const outcomes = await Promise.all([users.put('s1', { password: 'a' }), users.put('s1', { password: 'b' })]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['created', 'modified']);
  });

  it('is stored without its password', async () => {
    await users.put('s1', { password: 'secret-1' });
    expect(JSON.stringify(await records.record('mqtt-user', 's1'))).toContain('hash of');
    expect(JSON.stringify(await users.retrieve('s1'))).not.toContain('secret-1');
  });
});
