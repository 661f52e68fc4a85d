import { readFileSync } from 'node:fs';
import { call, expectExamplesFrom } from '@gemel/testkit/http-api';
import { eventually } from '@gemel/testkit/waiting';
import { withCluster } from '../support/gemel.js';
import type { Gemel } from '../support/gemel.js';
import { playTypesAndDevices } from './types-and-devices.js';

/** Longer than replicas take to notice versions that others have made (two seconds), also on a busy machine. */
const NOTICED_MS = 20_000;

/**
 * As a gateway does: things and policies have processes of their own, and each request goes to the next replica. One that a replica
 * refuses because it has not noticed a version yet changes nothing, and is sent again.
 */
async function playExamples(page: string, { things, extendedApi }: Gemel): Promise<void> {
  let next = 0;
  await expectExamplesFrom(page, async ({ method, path, user, headers, status }, body) => {
    const isThing = /^\/api\/2\/(things|policies)\b/.test(path);
    if (isThing && status === 422) await heldToModels(things, path, body);
    const urls = isThing ? things : extendedApi;
    const send = () => {
      next += 1;
      return call({ url: urls[next % urls.length] ?? '' }, method, path, body, { user, headers });
    };
    if (status >= 400) return send();
    return eventually(send, (answer) => answer.status < 400, NOTICED_MS);
  });
}

/** Until each replica refuses of another twin of the type what the example is about; without that it would be stored. */
async function heldToModels(urls: readonly string[], path: string, value: unknown): Promise<void> {
  const [, thing = '', property = ''] =
    /^\/api\/2\/things\/([^/]+)\/features\/engine\/properties\/(\w+)$/.exec(path) ?? [];
  expect([thing, property]).not.toContain('');
  let probes = 0;
  for (const url of urls) {
    const { body } = await call({ url }, 'GET', `/api/2/things/${thing}`);
    const put = () => {
      probes += 1;
      const thingId = `org.example:probe-${String(probes)}`;
      const features = { engine: { properties: { [property]: value } } };
      return call({ url }, 'PUT', `/api/2/things/${thingId}`, { ...(body as object), thingId, features });
    };
    await eventually(put, ({ status }) => status === 422, NOTICED_MS);
  }
}

describe('types and twins, on a cluster of two replicas', () => {
  it('refuse and warn over HTTP and MQTT alike, and are as their page says, whichever replica answers', async () => {
    let played = 0;
    await withCluster(async (gemel) => {
      await playTypesAndDevices(gemel);
      for (const page of ['docs/composition-api.md', 'docs/types.md'])
        await playExamples(readFileSync(page, 'utf8'), gemel);
      played += 1;
    });
    expect(played).toBe(1);
  }, 300_000);
});
