import { readFileSync } from 'node:fs';
import request from 'supertest';
import { openHttpApi } from '@gemel/testkit/http-api';

interface Example {
  readonly user: string;
  readonly status: number;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  /** What must be in the answer, as JSON. */
  readonly response: string | undefined;
}

/** The page's examples in order: ```http blocks, each with the ```json response that follows it, if one does. */
function examplesOf(page: string): readonly Example[] {
  const blocks = [
    ...page.matchAll(/```http (?<facts>[^\n]*)\n(?<text>.*?)\n```(?:\n\n```json response\n(?<response>.*?)\n```)?/gs),
  ];
  return blocks.map(({ groups = {} }) => {
    const { facts = '', text = '', response } = groups;
    const { user = 'ditto', status = '' } = Object.fromEntries(facts.split(' ').map((fact) => fact.split('=')));
    const [first = '', ...rest] = text.split('\n');
    const [method = '', path = ''] = first.split(' ');
    return { user, status: Number(status), method: method.toLowerCase(), path, body: rest.join('\n').trim(), response };
  });
}

it('answers each example of docs/policies.md as the page says', async () => {
  const api = await openHttpApi();
  try {
    const examples = examplesOf(readFileSync('docs/policies.md', 'utf8'));
    expect(examples.length).toBeGreaterThan(8);
    for (const { user, status, method, path, body, response } of examples) {
      const test = request(api.url)[method as 'get' | 'put' | 'post'](encodeURI(path)).auth(user, user);
      const answer = await (body === '' ? test : test.set('content-type', 'application/json').send(body));
      expect([`${method} ${path}`, answer.status, answer.body]).toEqual([`${method} ${path}`, status, answer.body]);
      if (response !== undefined) expect(answer.body).toMatchObject(JSON.parse(response) as object);
    }
  } finally {
    await api.close();
  }
});
