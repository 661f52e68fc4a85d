import mqtt from 'mqtt';
import { eventually } from '@gemel/testkit/waiting';
import { call } from '../support/api.js';
import { startSolo, withFolder } from '../support/solo.js';

const OPERATOR = { authorization: `Basic ${btoa('devops:foobar')}` };

describe('a strict composition on solo', () => {
  it('refuses devices and the twin API what would break it', async () => {
    const found = await withFolder(async (folder) => {
      const solo = await startSolo(folder, { GEMEL_COMPOSITION: 'strict' });
      await call(solo, 'PUT', '/api/twins/s:a', { attributes: { name: 'a' } });
      const put = await call(solo, 'PUT', '/api/2/things/s:a/attributes/_parents', '"s:none"');

      const client = await mqtt.connectAsync(solo.mqtt, { username: 'ditto', password: 'ditto' });
      const message = { topic: 's/a/things/twin/commands/merge', path: '/attributes', value: { _parents: 's:a' } };
      await client.publishAsync('telemetry/s/a', JSON.stringify(message), { qos: 1 });
      await client.endAsync();
      const failures = await eventually(
        () => call(solo, 'GET', '/devops/ingest/failures', undefined, OPERATOR),
        ({ body }) => (body as readonly unknown[]).length > 0,
      );
      const { body } = await call(solo, 'GET', '/api/2/integrity');
      expect(await solo.stop()).toBe(0);
      return { put: put.body, failures: JSON.stringify(failures.body), integrity: body };
    });

    expect(found).toEqual({
      put: expect.objectContaining({ error: 'gemel:composition.parent.missing', status: 409 }),
      failures: expect.stringContaining('gemel:composition.cycle'),
      integrity: { checked: 0, things: [] },
    });
  }, 60_000);

  it('does not start with a word that it does not know', async () => {
    await withFolder(async (folder) => {
      await expect(startSolo(folder, { GEMEL_COMPOSITION: 'loose' })).rejects.toThrow('GEMEL_COMPOSITION');
    });
  }, 60_000);
});
