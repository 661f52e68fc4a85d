import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { Answer, OpenHttpApi } from '@gemel/testkit/http-api';
import { eventually } from '@gemel/testkit/waiting';

const RIGHTS = { grant: ['READ', 'WRITE'], revoke: [] };
const owned = (more: object = {}) => ({
  entries: {
    o: { subjects: { 'nginx:ditto': { type: 't' } }, resources: { 'thing:/': RIGHTS, 'policy:/': RIGHTS } },
    ...more,
  },
});
const reading = {
  subjects: { 'nginx:ditto': { type: 't' } },
  resources: { 'thing:/': { grant: ['READ'], revoke: [] } },
};
const TWINS = 620;
const idOf = (index: number) => `x:t${String(index).padStart(3, '0')}`;

interface Job {
  readonly jobId: string;
  readonly state: string;
  readonly [member: string]: unknown;
}

let api: OpenHttpApi;

const send = (method: Parameters<typeof call>[1], path: string, body?: unknown, user = 'ditto'): Promise<Answer> =>
  call(api, method, `/api/2/${path}`, body, { user });
const done = async (method: Parameters<typeof call>[1], path: string, body?: unknown): Promise<void> => {
  const { status, text } = await send(method, path, body);
  expect([200, 201, 202, 204, text]).toContain(status);
};
const jobOf = ({ body }: Answer) => body as unknown as Job;
const gain = async (index: number) => (await send('GET', `things/${idOf(index)}/features/f/properties/gain`)).body;

async function ended(answer: Answer): Promise<Job> {
  expect(answer).toMatchObject({ status: 202 });
  return eventually(
    async () => jobOf(await send('GET', `jobs/${jobOf(answer).jobId}`)),
    ({ state }) => ['done', 'cancelled', 'failed'].includes(state),
  );
}

beforeEach(async () => {
  api = await openHttpApi();
  await done('PUT', 'policies/x:p', owned());
  await done('PUT', 'policies/x:fixed', owned());
  const features = { f: { properties: { gain: 1 } } };
  await done('PUT', 'things/x:car', { policyId: 'x:p', attributes: { _isType: true }, features });
  await done('POST', 'types/x:car/versions', { version: '1.0.0' });
  await done('PUT', 'things/x:car/features/f/properties/gain', 2);
  await done('POST', 'types/x:car/versions', { version: '2.0.0' });
  const items = Array.from({ length: TWINS }, (_, index) => ({
    kind: 'twin',
    thing: {
      thingId: idOf(index),
      policyId: index === 7 ? 'x:fixed' : 'x:p',
      attributes: { type: 'x:car', _typeVersion: '1.0.0' },
      features: index === 3 ? { f: { properties: { gain: 9 } } } : features,
    },
  }));
  await done('POST', 'import', { items });
  await done(
    'PUT',
    'policies/x:fixed',
    owned({ o: { ...reading, resources: { ...reading.resources, 'policy:/': RIGHTS } } }),
  );
});

afterEach(() => api.close());

describe('a migration as a job', () => {
  it('moves any number of twins, each by itself, and can be taken back', async () => {
    const plan = await ended(await send('POST', 'types/x:car/migrations?job=true&dryRun=true', { to: '2.0.0' }));
    expect(plan).toMatchObject({ kind: 'migration', state: 'done', changed: TWINS - 1, failed: 1, dryRun: true });
    expect(await gain(0)).toBe(1);

    const moved = await ended(await send('POST', 'types/x:car/migrations?job=true', { to: '2.0.0', from: '1.0.0' }));
    expect(moved).toMatchObject({
      typeId: 'x:car',
      to: '2.0.0',
      state: 'done',
      changed: TWINS - 1,
      failed: 1,
      progress: 1,
    });
    expect(await Promise.all([0, 3, 7, TWINS - 1].map(gain))).toEqual([2, 9, 1, 2]);
    expect((await send('GET', `things/${idOf(0)}/attributes/_typeVersion`)).body).toBe('2.0.0');
    const { text } = await send('GET', `jobs/${moved.jobId}/errors`);
    expect(JSON.parse(text)).toMatchObject({ line: 8, thingId: idOf(7), status: 403 });
    const again = await ended(await send('POST', 'types/x:car/migrations?job=true', { to: '2.0.0' }));
    expect(again).toMatchObject({ changed: 0, failed: 1 });

    await done('PUT', `things/${idOf(1)}/features/f/properties/gain`, 5);
    await done('DELETE', `things/${idOf(2)}`);
    const undone = await ended(await send('POST', `jobs/${moved.jobId}/undo`));
    expect(undone).toMatchObject({ kind: 'undo', undoOf: moved.jobId, changed: TWINS - 2, failed: 1 });
    expect(await Promise.all([0, 1, 3, 7, TWINS - 1].map(gain))).toEqual([1, 5, 9, 1, 1]);
    expect((await send('GET', `things/${idOf(1)}/attributes/_typeVersion`)).body).toBe('1.0.0');
    expect((await send('GET', `things/${idOf(2)}`)).status).toBe(404);
  });

  it('shows its impact page by page, too', async () => {
    const found: string[] = [];
    let query = '';
    for (let pages = 0; pages < 10; pages++) {
      const { body } = await send('GET', `types/x:car/impact?version=2.0.0&size=250${query}`);
      const page = body as unknown as { twins: number; cursor?: string; changed: { thingId: string }[] };
      expect(page.twins).toBe(TWINS);
      found.push(...page.changed.map(({ thingId }) => thingId));
      if (page.cursor === undefined) break;
      query = `&cursor=${page.cursor}`;
    }
    expect(found).toEqual(Array.from({ length: TWINS }, (_, index) => idOf(index)));
    expect((await send('GET', 'types/x:car/impact?version=2.0.0&size=-1')).status).toBe(400);
  });

  it('is refused before it begins', async () => {
    const path = 'types/x:car/migrations?job=true';
    const refused: readonly [Answer, number, string][] = [
      [await send('POST', path, { to: '9.0.0' }), 404, 'gemel:composition.version.notfound'],
      [await send('POST', path, { to: 'x' }), 400, 'gemel:composition.version.invalid'],
      [
        await send('POST', path, { to: '2.0.0', mapping: { set: 1 } }),
        400,
        'gemel:composition.migration.mapping.invalid',
      ],
      [await send('POST', path, {}), 400, 'gemel:composition.migration.invalid'],
      [await send('POST', path, { to: '2.0.0' }, 'other'), 404, 'things:thing.notfound'],
      [await send('POST', 'types/x:car/migrations?job=yes', { to: '2.0.0' }), 400, 'gemel:composition.query.invalid'],
      [await send('POST', 'jobs/none/undo'), 404, 'gemel:job.notfound'],
    ];
    for (const [answer, status, error] of refused) expect(answer).toMatchObject({ status, body: { error } });
    const imported = await ended(await send('POST', 'import?job=true', { items: [] }));
    expect(await send('POST', `jobs/${imported.jobId}/undo`)).toMatchObject({
      status: 409,
      body: { error: 'gemel:job.state' },
    });
  });
});
