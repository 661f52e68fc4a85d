import mqtt from 'mqtt';
import { call } from '../support/api.js';
import { startSolo, withFolder } from '../support/solo.js';

const USERNAME = 'lab:t@gateway';
const CREDENTIAL = '/api/2/mqtt/things/lab:t/credentials/gateway';
const all = { grant: ['READ', 'WRITE'], revoke: [] };
const ENTRIES = {
  owner: { subjects: { 'nginx:ditto': { type: 'user' } }, resources: { 'policy:/': all, 'thing:/': all } },
  device: { subjects: { [`mqtt:${USERNAME}`]: { type: 'device' } }, resources: { 'thing:/attributes': all } },
};

describe('the owner of a thing', () => {
  it('gives its device a credential, a new one, and takes it away, while everything runs', async () => {
    await withFolder(async (folder) => {
      const solo = await startSolo(folder);
      await call(solo, 'PUT', '/api/2/policies/lab:p', { entries: ENTRIES });
      for (const id of ['lab:t', 'lab:u']) await call(solo, 'PUT', `/api/2/things/${id}`, { policyId: 'lab:p' });
      const issue = async () => ((await call(solo, 'PUT', CREDENTIAL)).body as { password: string }).password;
      const connect = (password: string) =>
        mqtt.connectAsync(solo.mqtt, { username: USERNAME, password, reconnectPeriod: 0 }, false);
      const first = await issue();
      const device = await connect(first);
      const command = (n: number) =>
        JSON.stringify({ topic: 'lab/t/things/twin/commands/modify', path: '/attributes/n', value: n });
      await device.publishAsync('telemetry/lab/t', command(1), { qos: 1 });
      await device.publishAsync('telemetry/lab/u', command(2), { qos: 1 });
      expect((await call(solo, 'GET', '/api/2/things/lab:t/attributes/n')).body).toBe(1);

      const gone = new Promise<void>((resolve) => device.once('close', () => resolve()));
      const second = await issue();
      await gone;
      await expect(connect(first)).rejects.toThrow();
      const again = await connect(second);
      const ended = new Promise<void>((resolve) => again.once('close', () => resolve()));
      expect((await call(solo, 'DELETE', CREDENTIAL)).status).toBe(204);
      await ended;
      await expect(connect(second)).rejects.toThrow();
      expect(solo.log()).not.toMatch(new RegExp(`${first}|${second}`));
      expect(await solo.stop()).toBe(0);
    });
  });
});
