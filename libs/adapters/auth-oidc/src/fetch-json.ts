import { AuthenticationProviderUnavailable, PublicKeyProviderUnavailable } from '@gemel/model/authentication';
import { isJsonObject, parseJson } from '@gemel/model/json';
import type { GemelError } from '@gemel/model/errors';
import type { JsonObject } from '@gemel/model/json';

/** More than any list of keys has. */
const MAX_CHARACTERS = 1_048_576;

/**
 * The JSON object at a URL; redirects are not followed: they could lead away from https.
 * @throws AuthenticationProviderUnavailable for another answer than 2xx, and for none within the time
 * @throws PublicKeyProviderUnavailable when nobody answers, or not with a JSON object
 */
export async function fetchJson(url: string, timeoutMs: number): Promise<JsonObject> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, { signal, redirect: 'manual', headers: { accept: 'application/json' } });
    if (!response.ok) {
      await response.body?.cancel();
      throw new AuthenticationProviderUnavailable('The issuer of the token answers otherwise than it should.');
    }
    const value = parseJson(await textOf(response));
    if (isJsonObject(value)) return value;
  } catch (error) {
    if (error instanceof AuthenticationProviderUnavailable) throw error;
    if (signal.aborted) throw new AuthenticationProviderUnavailable();
    throw unavailable(error);
  }
  throw new PublicKeyProviderUnavailable();
}

async function textOf({ body }: Response): Promise<string> {
  let text = '';
  if (body === null) return text;
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.length > MAX_CHARACTERS) throw new Error(`the answer has more than ${String(MAX_CHARACTERS)} characters`);
  }
  return text;
}

function unavailable(cause: unknown): GemelError {
  const error = new PublicKeyProviderUnavailable();
  error.cause = cause;
  return error;
}
