import { readFileSync } from 'node:fs';
import { call, expectExamplesFrom } from '@gemel/testkit/http-api';
import { withCluster } from '../support/gemel.js';
import type { Gemel } from '../support/gemel.js';
import { playTypesAndDevices } from './types-and-devices.js';

/** As a gateway does: things and policies have processes of their own, and each request goes to the next replica. */
async function playExamples(page: string, { things, extendedApi }: Gemel): Promise<void> {
  let next = 0;
  await expectExamplesFrom(page, ({ method, path, user, headers }, body) => {
    const urls = /^\/api\/2\/(things|policies)\b/.test(path) ? things : extendedApi;
    next += 1;
    return call({ url: urls[next % urls.length] ?? '' }, method, path, body, { user, headers });
  });
}

describe('types and twins, on a cluster of two replicas', () => {
  it('refuse and warn over HTTP and MQTT alike, and are as their page says, whichever replica answers', async () => {
    let played = 0;
    await withCluster(async (gemel) => {
      await playTypesAndDevices(gemel);
      await playExamples(readFileSync('docs/composition-api.md', 'utf8'), gemel);
      played += 1;
    });
    expect(played).toBe(1);
  }, 180_000);
});
