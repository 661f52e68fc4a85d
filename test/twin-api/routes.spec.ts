import { DITTO_ROUTES, compareRoutes } from '../../tools/conformance/ditto-routes.mjs';
import { call } from '../support/api.js';
import { startSolo, withFolder } from '../support/solo.js';

type Paths = Parameters<typeof compareRoutes>[0];

describe('HTTP operations of Ditto', () => {
  it(
    'are all there but those that come later, and the description names no other ones than there are',
    () =>
      withFolder(async (folder) => {
        const solo = await startSolo(folder);
        const { body } = await call(solo, 'GET', '/openapi.json');
        const { missing, additional, later, served } = compareRoutes((body as { paths: Paths }).paths);
        console.info(`${served} operations of Ditto are served`);
        console.info(`later: ${later.map(({ operation }) => operation).join(', ')}`);
        console.info(`additional: ${additional.join(', ')}`);
        expect(missing).toEqual([]);

        for (const [path, methods, reason] of DITTO_ROUTES) {
          for (const method of reason === undefined ? methods : []) {
            const url = path.replaceAll(/\{[^}]*\}/g, 'test:x');
            // Nobody is asked who they are where nothing is.
            const { status } = await call(solo, method, url, undefined, { authorization: 'none' });
            expect({ method, url, isThere: status !== 404 && status !== 405 }).toEqual({ method, url, isThere: true });
          }
        }
        expect(await solo.stop()).toBe(0);
      }),
    60_000,
  );
});
