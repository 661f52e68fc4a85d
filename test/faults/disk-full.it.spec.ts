import { eventually } from '@gemel/testkit/waiting';
import { call } from '../support/api.js';
import { mountSmallDisk } from '../support/small-disk.js';
import type { SmallDisk } from '../support/small-disk.js';
import { startSolo, withFolder } from '../support/solo.js';

async function withDisk(megabytes: number, use: (folder: string, disk: SmallDisk) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const disk = mountSmallDisk(folder, megabytes);
    try {
      await use(folder, disk);
    } finally {
      disk.unmount();
    }
  });
}

it(
  'refuses writes while the disk is full, goes on reading, and recovers by itself',
  () =>
    withDisk(8, async (folder, disk) => {
      const solo = await startSolo(folder);
      const filler = 'x'.repeat(90_000);
      const put = (index: number) =>
        call(solo, 'PUT', `/api/2/things/full:thing-${String(index)}`, { attributes: { filler, index } });

      const statuses: number[] = [];
      while (statuses.length < 500 && statuses.at(-1) !== 503) statuses.push((await put(statuses.length)).status);
      const stored = statuses.length - 1;
      expect(statuses.slice(0, stored).every((status) => status === 201)).toBe(true);
      const refused = await put(stored);
      expect(refused.status).toBe(503);
      expect(refused.body).toMatchObject({
        error: 'gemel:store.unavailable',
        description: expect.stringContaining('try again') as string,
      });

      // Reads go on, so the process is to get requests.
      expect((await call(solo, 'GET', '/alive')).status).toBe(200);
      expect(await call(solo, 'GET', '/health')).toMatchObject({ status: 200, body: { status: 'UP' } });
      const ready = await call(solo, 'GET', '/ready');
      expect(ready.status).toBe(200);
      expect(ready.body).toMatchObject({
        status: 'DEGRADED',
        parts: { store: { status: 'DEGRADED', reason: 'the disk is full' } },
      });

      expect((await call(solo, 'GET', `/api/2/things/full:thing-${String(stored)}`)).status).toBe(404);
      for (const index of [0, stored - 1]) {
        expect((await call(solo, 'GET', `/api/2/things/full:thing-${String(index)}/attributes/index`)).body).toBe(
          index,
        );
      }
      const count = await call(solo, 'GET', '/api/2/search/things/count?filter=exists(attributes/filler)');
      expect(count.body).toBe(stored);

      disk.resize(64);
      await eventually(
        () => call(solo, 'GET', '/ready'),
        ({ status, body }) => status === 200 && JSON.stringify(body).startsWith('{"status":"UP"'),
      );
      const again = await eventually(
        () => put(stored),
        ({ status }) => status === 201,
      );
      expect(again.headers.get('etag')).toBe('"rev:1"');
      // The history catches up with what it could not write.
      await eventually(
        () => call(solo, 'GET', '/metrics', undefined, { authorization: '' }),
        ({ body }) => new RegExp(`^gemel_history_points_total [1-9]`, 'm').test(String(body)),
      );
      expect(await solo.stop()).toBe(0);
    }),
  60_000,
);
