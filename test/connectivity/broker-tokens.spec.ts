import { startIssuer } from '@gemel/testkit/oidc';
import mqtt from 'mqtt';
import { call } from '../support/api.js';
import { startSolo, withFolder } from '../support/solo.js';

const now = () => Math.floor(Date.now() / 1_000);

describe('the embedded broker', () => {
  it('takes a token in place of a password, and its bearer’s subjects count', async () => {
    const issuer = await startIssuer();
    await withFolder(async (folder) => {
      const solo = await startSolo(folder, { GEMEL_OIDC_ISSUERS: JSON.stringify({ idp: issuer.url }) });
      await call(solo, 'PUT', '/api/2/policies/lab:p', {
        entries: {
          owner: {
            subjects: { 'nginx:ditto': { type: 'user' }, 'idp:ann': { type: 'device' } },
            resources: {
              'policy:/': { grant: ['READ', 'WRITE'], revoke: [] },
              'thing:/': { grant: ['READ', 'WRITE'], revoke: [] },
            },
          },
        },
      });
      await call(solo, 'PUT', '/api/2/things/lab:t', { policyId: 'lab:p' });
      const connect = (claims: object) =>
        mqtt.connectAsync(solo.mqtt, { username: 'any', password: issuer.token(claims), reconnectPeriod: 0 }, false);
      const ann = await connect({ sub: 'ann', exp: now() + 600 });
      const command = { topic: 'lab/t/things/twin/commands/modify', path: '/attributes/n', value: 1 };
      await ann.publishAsync('telemetry/x', JSON.stringify(command), { qos: 1 });
      expect((await call(solo, 'GET', '/api/2/things/lab:t/attributes/n')).body).toBe(1);
      await ann.endAsync();
      await expect(connect({ sub: 'ann', exp: now() - 600 })).rejects.toThrow();
      await expect(connect({ sub: 'ann', exp: now() + 600, iss: 'http://elsewhere' })).rejects.toThrow();
      expect(await solo.stop()).toBe(0);
    });
    await issuer.close();
  });
});
