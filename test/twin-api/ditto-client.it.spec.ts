import { call } from '../support/api.js';
import { eventually } from '@gemel/testkit/waiting';
import { withCluster } from '../support/gemel.js';
import { CLIENT_SCENARIOS } from './scenarios.js';

describe("Ditto's JavaScript client on a cluster of two replicas", () => {
  it('works as with Ditto, whichever replica answers', async () => {
    const played: string[] = [];
    await withCluster(async (gemel) => {
      for (const [name, play] of CLIENT_SCENARIOS) {
        await play(gemel);
        played.push(name);
      }
    });
    expect(played).toEqual(['things', 'features', 'policies', 'search']);
  }, 300_000);
});

describe('Operations: /overall/status of a cluster', () => {
  it(
    'shows every process, whichever is asked',
    () =>
      withCluster(async ({ things, ingest }) => {
        const operator = { authorization: `Basic ${btoa('devops:foobar')}` };
        for (const http of [...things, ...ingest]) {
          const { body } = await eventually(
            () => call({ http }, 'GET', '/overall/status', undefined, operator),
            ({ body: shown }) =>
              instancesIn(shown, 'extended-api').length === 2 && instancesIn(shown, 'connectivity').length === 2,
          );
          expect(instancesIn(body, 'things')).toHaveLength(2);
          // What others said of themselves while they started is told until they say something else.
          const health = await eventually(
            () => call({ http }, 'GET', '/overall/status/health', undefined, operator),
            ({ status }) => status === 200,
          );
          expect(health).toMatchObject({ status: 200, body: { label: 'roles', status: 'UP' } });
        }
      }),
    180_000,
  );
});

function instancesIn(status: unknown, role: string): readonly string[] {
  const { roles = {} } = status as { readonly roles?: Readonly<Record<string, object>> };
  return Object.keys(roles[role] ?? {});
}
