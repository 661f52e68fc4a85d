import { call } from './call.js';
import { examplesOf } from './examples.js';
import { openHttpApi } from './open-http-api.js';

/** Sends a page's examples one after the other to a new HTTP API, and expects what the page says. */
export async function expectExamples(page: string): Promise<void> {
  const api = await openHttpApi();
  try {
    const examples = examplesOf(page);
    expect(examples.length).toBeGreaterThan(0);
    for (const { user, status, method, path, headers, body, response } of examples) {
      const value: unknown = body === undefined ? undefined : JSON.parse(body);
      const answer = await call(api, method, path, value, { user, headers });
      expect([`${method} ${path}`, answer.status, answer.body]).toEqual([`${method} ${path}`, status, answer.body]);
      if (response !== undefined) expect(answer.body).toMatchObject(JSON.parse(response) as object);
    }
  } finally {
    await api.close();
  }
}
