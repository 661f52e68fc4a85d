import { LINES, call } from './call.js';
import type { Answer } from './call.js';
import { examplesOf } from './examples.js';
import type { Example } from './examples.js';
import { openHttpApi } from './open-http-api.js';

/** Sends an example's request. @param body what is sent as JSON; lines as the text that they are */
export type SendExample = (example: Example, body: unknown) => Promise<Pick<Answer, 'status' | 'body'>>;

/** Sends a page's examples one after the other to a new HTTP API, and expects what the page says. */
export async function expectExamples(page: string): Promise<void> {
  const api = await openHttpApi();
  try {
    await expectExamplesFrom(page, ({ method, path, user, headers }, body) =>
      call(api, method, path, body, { user, headers }),
    );
  } finally {
    await api.close();
  }
}

/** The same of whatever `send` asks. */
export async function expectExamplesFrom(page: string, send: SendExample): Promise<void> {
  const examples = examplesOf(page);
  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) {
    const { status, method, path, body, response, headers } = example;
    const isText = body === undefined || headers['content-type'] === LINES;
    const answer = await send(example, isText ? body : JSON.parse(body));
    expect([`${method} ${path}`, answer.status, answer.body]).toEqual([`${method} ${path}`, status, answer.body]);
    if (response !== undefined) expect(answer.body).toMatchObject(JSON.parse(response) as object);
  }
}
