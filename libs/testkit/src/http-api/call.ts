import { parseJson } from '@gemel/model/json';
import type { JsonValue } from '@gemel/model/json';

export interface CallOptions {
  /** Of `USERS`; `ditto` when absent. */
  readonly user?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Undefined when the text is no JSON. */
  readonly body: JsonValue | undefined;
}

/** Lines of JSON, which are sent as they are. */
export const LINES = 'application/x-ndjson';

/** A request as a client sends it; the body is sent as JSON, as a merge patch for PATCH. */
export async function call(
  { url }: { readonly url: string },
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  { user = 'ditto', headers = {} }: CallOptions = {},
): Promise<Answer> {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`,
      ...(body === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
    ...(body === undefined
      ? {}
      : { body: typeof body === 'string' && headers['content-type'] === LINES ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: Object.fromEntries(response.headers), text, body: jsonOf(text) };
}

function jsonOf(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
