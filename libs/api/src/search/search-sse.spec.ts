import { searchedThings } from '@gemel/testkit/http-api';
import type { SearchQuery } from '@gemel/testkit/http-api';

const { put, get } = searchedThings();

const EXPRESSION = 'Write it like and(eq(attributes/location,"kitchen"),not(exists(features/lamp))).';
const OPTION = 'thing-search:search.option.invalid';

describe('Search: SSE search', () => {
  const open = (query: SearchQuery, headers: Record<string, string> = {}) =>
    get('', query).set({ accept: 'text/event-stream', ...headers });

  it('streams all that is found, each event with its thing id', async () => {
    const { text } = await open({ filter: 'exists(attributes/n)', option: 'sort(-attributes/n)', fields: 'thingId' })
      .expect(200)
      .expect('content-type', 'text/event-stream');
    expect(text).toBe(['y:c', 'x:b', 'x:a'].map((id) => `data:{"thingId":"${id}"}\nid:${id}\n\n`).join(''));
  });

  it('goes on after Last-Event-ID in the order asked for', async () => {
    const after = (id: string, option: string) =>
      open({ option, namespaces: 'x,y', fields: 'thingId' }, { 'last-event-id': id }).expect(200);
    expect((await after('x:b', 'sort(-attributes/n)')).text).toBe('data:{"thingId":"x:a"}\nid:x:a\n\n');
    expect((await after('x:b', 'size(1)')).text).toBe('data:{"thingId":"y:c"}\nid:y:c\n\n');
    expect((await after('y:c', 'sort(+thingId)')).text).toBe('');
    const { text } = await after('x:none', 'sort(+thingId)');
    expect(JSON.parse(text.slice('data:'.length))).toMatchObject({ status: 404, error: 'things:thing.notfound' });
  });

  it('streams more than a portion to a client that takes its time', async () => {
    for (let n = 0; n < 450; n++) await put(`/things/sse:${String(n)}`, {});
    const { text } = await open({ namespaces: 'sse', fields: 'thingId' }).expect(200);
    expect(text.match(/^id:/gm)).toHaveLength(450);
    expect(new Set(text.match(/^id:.*$/gm)).size).toBe(450);
  });

  it('tells what is wrong with a property as its last event', async () => {
    const { text } = await open({ filter: 'exists(nope)' }).expect(200);
    expect(text).toBe(
      `data:{"status":400,"error":"rql.expression.invalid","message":"There is no property 'nope'.","description":${JSON.stringify(EXPRESSION)}}\n\n`,
    );
  });

  it.each<[SearchQuery, string, string, string]>([
    [{ filter: 'nonsense(' }, 'rql.expression.invalid', "'nonsense(' is not a filter.", EXPRESSION],
    [
      { option: 'nonsense(' },
      OPTION,
      "Invalid input 'n', expected WhiteSpace or Options (line 1, column 1):\nnonsense(\n^",
      "Write options like sort(-attributes/counter,+thingId),size(25),cursor(…); in a URL '+' is '%2B'.",
    ],
    [
      { option: 'cursor(x)' },
      OPTION,
      'A stream takes no option cursor(x).',
      "Write options like sort(-attributes/counter,+thingId),size(25),cursor(…); in a URL '+' is '%2B'.",
    ],
    [
      { option: 'limit(0,5)' },
      OPTION,
      'A stream takes no option limit(0,5).',
      "Write options like sort(-attributes/counter,+thingId),size(25),cursor(…); in a URL '+' is '%2B'.",
    ],
    [
      { option: 'sort(+thingId),sort(-thingId)' },
      OPTION,
      'There are several options sort.',
      'Name all keys in one: sort(+a,-b).',
    ],
    [
      { option: 'sort(+nope)' },
      OPTION,
      "There is no property 'nope'.",
      "Write it like sort(-attributes/counter,+thingId); in a URL '+' is '%2B'.",
    ],
  ])('refuses %j before it begins', async (query, error, message, description) => {
    const { body } = await open(query).expect(400);
    expect(body).toEqual({ status: 400, error, message, description });
  });
});
