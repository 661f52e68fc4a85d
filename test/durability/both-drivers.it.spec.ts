import { eventually } from '@gemel/testkit/waiting';
import { call } from '../support/api.js';
import { startSolo, withFolder } from '../support/solo.js';
import type { Solo } from '../support/solo.js';

/** A Node.js with an SQLite of its own; `npm run test:services` provides it. */
const newer = process.env['NEWER_NODE'] ?? 'NEWER_NODE is not set: run npm run test:services';

const PROPERTY = '/api/2/things/both:drivers/features/counter/properties/value';

async function write(solo: Solo, value: number): Promise<void> {
  expect((await call(solo, 'PUT', PROPERTY, value)).status).toBeLessThan(300);
}

async function history(solo: Solo): Promise<unknown> {
  const answer = await call(solo, 'GET', '/api/2/things/both:drivers/features/counter/timeseries/value?from=-1d');
  const { series = [] } = answer.body as { series?: readonly { values: readonly (readonly [string, number])[] }[] };
  return series[0]?.values.map(([, value]) => value);
}

it(
  'keeps the same files under libsql and under Node’s own SQLite, killed or stopped',
  () =>
    withFolder(async (folder) => {
      const libsql = await startSolo(folder);
      await call(libsql, 'PUT', '/api/2/things/both:drivers', { features: { counter: { properties: {} } } });
      await write(libsql, 1);
      await libsql.kill();

      const own = await startSolo(folder, {}, [], newer);
      expect((await call(own, 'GET', PROPERTY)).body).toBe(1);
      await write(own, 2);
      await expect(startSolo(folder)).rejects.toThrow(/in use by another process/);
      await own.kill();

      const back = await startSolo(folder);
      await write(back, 3);
      await eventually(
        () => history(back),
        (values) => JSON.stringify(values) === '[1,2,3]',
      );
      expect(await back.stop()).toBe(0);

      const last = await startSolo(folder, {}, [], newer);
      expect((await call(last, 'GET', '/api/2/things/both:drivers?fields=_revision')).body).toEqual({ _revision: 4 });
      expect(await history(last)).toEqual([1, 2, 3]);
      expect(await last.stop()).toBe(0);
    }),
  60_000,
);
