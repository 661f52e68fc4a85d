import type { OAuthCredentials } from '@gemel/model/connections';
import { ProxyAgent, request } from 'undici';

import type { HttpPushConnectorOptions } from './http-push-options.js';

/** The endpoint gives no token. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

const TIMEOUT_MS = 10_000;
/** Of a token that does not say how long it is good for. */
const STANDARD_LIFE_MS = 300_000;

/** The token of a connection: asked for when it is needed, kept until shortly before it expires. */
export class Tokens {
  #token: { readonly text: string; readonly expires: number } | undefined;
  #asking: Promise<string> | undefined;
  readonly #proxy: ProxyAgent | undefined;

  constructor(
    private readonly credentials: OAuthCredentials,
    private readonly options: HttpPushConnectorOptions,
  ) {
    const { proxy } = options;
    if (proxy === undefined) return;
    const { host, port, authorization: token } = proxy;
    const uri = `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
    this.#proxy = new ProxyAgent({ uri, ...(token === undefined ? undefined : { token }) });
  }

  /** @throws TokenRefused, and what the network throws */
  async token(): Promise<string> {
    const { now, tokenSkewMs } = this.options;
    if (this.#token !== undefined && now() < this.#token.expires - tokenSkewMs) return this.#token.text;
    return (this.#asking ??= this.#ask().finally(() => (this.#asking = undefined)));
  }

  /** It is not accepted any more. */
  forget(): void {
    this.#token = undefined;
  }

  async #ask(): Promise<string> {
    const { tokenEndpoint } = this.credentials;
    if (this.options.tokensNeedHttps && !tokenEndpoint.toLowerCase().startsWith('https:')) {
      throw new TokenRefused('the token endpoint must be asked over https');
    }
    const { statusCode, body } = await request(tokenEndpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: formOf(this.credentials),
      ...(this.#proxy && { dispatcher: this.#proxy }),
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
    const text = await body.text();
    if (statusCode >= 500) throw new Error(`the token endpoint answers ${statusCode}`);
    const answer = statusCode === 200 ? parseAnswer(text) : undefined;
    if (answer === undefined) throw new TokenRefused(`the token endpoint gives no token: it answers ${statusCode}`);
    const lifeMs = answer.seconds === undefined ? STANDARD_LIFE_MS : answer.seconds * 1_000;
    this.#token = { text: answer.token, expires: this.options.now() + lifeMs };
    return answer.token;
  }
}

/** [RFC 6749, 4.3.2, 4.4.2] */
function formOf({ clientId, clientSecret, requestedScopes, audience, user }: OAuthCredentials): string {
  return new URLSearchParams({
    grant_type: user === undefined ? 'client_credentials' : 'password',
    client_id: clientId,
    ...(clientSecret === undefined ? undefined : { client_secret: clientSecret }),
    ...(requestedScopes === '' ? undefined : { scope: requestedScopes }),
    ...(audience === undefined ? undefined : { audience }),
    ...(user === undefined ? undefined : { username: user.name, password: user.password }),
  }).toString();
}

/** [RFC 6749, 5.1] */
function parseAnswer(text: string): { readonly token: string; readonly seconds: number | undefined } | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { access_token: token, expires_in: life } = answer as { access_token?: unknown; expires_in?: unknown };
  if (typeof token !== 'string' || token === '') return undefined;
  const seconds = Number(life);
  return { token, seconds: life !== undefined && Number.isFinite(seconds) ? seconds : undefined };
}
