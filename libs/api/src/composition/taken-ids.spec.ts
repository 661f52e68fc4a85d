import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { Answer, OpenHttpApi } from '@gemel/testkit/http-api';

const all = { grant: ['READ', 'WRITE'], revoke: [] };
const entryOf = (user: string) => ({
  subjects: { [`nginx:${user}`]: { type: 'test' } },
  resources: { 'thing:/': all, 'policy:/': all },
});

let api: OpenHttpApi;
const send = (method: 'GET' | 'PUT' | 'POST', path: string, body?: unknown, user = 'other'): Promise<Answer> =>
  call(api, method, `/api/2/${path}`, body, { user });
const THING = { policyId: 'p:own' };

beforeEach(async () => {
  api = await openHttpApi();
  await send('PUT', 'policies/p:hidden', { entries: { o: entryOf('ditto') } }, 'ditto');
  await send('PUT', 'policies/p:own', { entries: { o: entryOf('other') } });
  await send('PUT', 'things/x:hidden', { policyId: 'p:hidden' }, 'ditto');
  await send('PUT', 'things/x:car', { ...THING, attributes: { _isType: true } });
  await send('PUT', 'things/x:twin', THING);
});
afterEach(() => api.close());

/** As in Ditto, where 403 says that somebody has it and 201 that nobody had: IDs are shared, what is under them is not. */
describe('an ID that a Thing has of which the caller may read nothing', () => {
  const twinItem = (thingId: string) => ({ items: [{ kind: 'twin', thing: { thingId, ...THING } }] });

  it('is not there to a read, and in use to each request that would take it', async () => {
    expect((await send('GET', 'things/x:hidden')).status).toBe(404);
    const answers = async (id: string) => {
      const asked = [
        () => send('PUT', `things/${id}`, THING),
        () => send('POST', 'import?mode=merge', twinItem(id)),
        () => send('POST', 'import?mode=replace', twinItem(id)),
        () => send('POST', 'import', twinItem(id)),
        () => send('POST', 'types/x:car/instances', { thingId: id }),
        () => send('POST', 'twins/x:twin/duplicate', { thingId: id }),
      ];
      const statuses: number[] = [];
      for (const [index, ask] of asked.entries()) {
        statuses.push((await ask()).status);
        if (index < asked.length - 1 && id !== 'x:hidden')
          await call(api, 'DELETE', `/api/2/things/${id}`, undefined, { user: 'other' });
      }
      return statuses;
    };
    expect(await answers('x:hidden')).toEqual([403, 403, 403, 409, 409, 409]);
    expect(await answers('x:free')).toEqual([201, 200, 200, 200, 201, 201]);
  });

  it('is shown with nothing of what has it', async () => {
    for (const mode of ['create', 'merge', 'replace']) {
      const { text } = await send('POST', `import?dryRun=true&mode=${mode}`, twinItem('x:hidden'));
      expect(text).toContain('x:hidden');
      expect(text).not.toContain('p:hidden');
    }
  });
});
