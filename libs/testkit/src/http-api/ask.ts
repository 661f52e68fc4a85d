import request from 'supertest';
import type { Test } from 'supertest';

export type Verb = 'get' | 'put' | 'post' | 'patch' | 'delete';

/**
 * A request as `call` makes it, which is sent when it is awaited: until then headers can be added, and what is expected of the answer.
 * @param user of `USERS`, `ditto` when absent
 */
export function ask({ url }: { readonly url: string }, verb: Verb, path: string, body?: unknown, user = 'ditto'): Test {
  const test = request(url)[verb](path).auth(user, user);
  if (body === undefined) return test;
  const type = verb === 'patch' ? 'application/merge-patch+json' : 'application/json';
  return test.set('content-type', type).send(JSON.stringify(body));
}
