import { readFileSync } from 'node:fs';
import { openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';
import request from 'supertest';

const page = readFileSync(new URL('../../../../docs/search.md', import.meta.url), 'utf8');
const things = JSON.parse(/```json\n([^]*?)```/.exec(page)?.[1] ?? '[]') as { thingId: string }[];
const examples = [...page.matchAll(/^\| `(\w+\(.*\))` +\| ((?:`\w+:\w+` *)+)\|$/gm)].map(
  ([, filter = '', found = '']) => [filter, [...found.matchAll(/`([^`]+)`/g)].map(([, id = '']) => id)] as const,
);

let api: OpenHttpApi;

beforeAll(async () => {
  api = await openHttpApi();
  for (const thing of things)
    await request(api.url).put(`/api/2/things/${thing.thingId}`).auth('ditto', 'ditto').send(thing).expect(201);
});
afterAll(() => api.close());

describe('the page on search', () => {
  it('has examples', () => expect(examples.length).toBeGreaterThan(15));

  it.each(examples)('%s', async (filter, ids) => {
    const search = request(api.url).get('/api/2/search/things').query({ filter }).auth('ditto', 'ditto');
    const { body }: { body: { items: { thingId: string }[] } } = await search.expect(200);
    expect(body.items.map(({ thingId }) => thingId)).toEqual(ids);
  });
});
