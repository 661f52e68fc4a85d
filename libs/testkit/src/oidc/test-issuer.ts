import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSigningKey, signToken } from './signing-key.js';
import type { KeyKind, SigningKey } from './signing-key.js';

export interface TokenOptions {
  /** @default RS256 */
  readonly alg?: string;
  /** Of the key that signs. @default the newest one */
  readonly kid?: string;
  /** Members of the header instead of the usual ones. */
  readonly header?: object;
}

/** How it answers: as it should, not at all, only late, with a failure, or with what is no answer. */
export type Behaviour = 'well' | 'silent' | 'failing' | 'nonsense' | 'redirecting';

/** An OpenID Connect provider on loopback: discovery and keys, and tokens for whoever asks. */
export interface TestIssuer {
  /** `http://127.0.0.1:…`, which is the `iss` of its tokens. */
  readonly url: string;
  behaviour: Behaviour;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
  /** A new key that it publishes beside the others. */
  addKey(kind: KeyKind, kid: string): void;
  /** Publishes any JSON Web Key. */
  publish(key: object): void;
  /** Publishes keys no more. */
  withdrawKeys(): void;
  /** Signed by the newest key unless told otherwise; `iss` is its own unless among the claims. */
  token(claims: object, options?: TokenOptions): string;
  close(): Promise<void>;
}

/** Takes long to make; one does for every issuer. */
let firstKey: SigningKey | undefined;

/** With one RSA key, `first`. */
export async function startIssuer(): Promise<TestIssuer> {
  const issuer = new LoopbackIssuer();
  await issuer.open();
  return issuer;
}

class LoopbackIssuer implements TestIssuer {
  url = '';
  behaviour: Behaviour = 'well';
  readonly asked: string[] = [];
  readonly #keys = new Map<string, SigningKey>();
  #published: object[] = [];
  readonly #server = createServer((request, response) => {
    this.#answer(request, response);
  });

  async open(): Promise<void> {
    this.#add('first', (firstKey ??= createSigningKey('RSA', 'first')));
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (typeof address === 'object' && address !== null) this.url = `http://127.0.0.1:${String(address.port)}`;
  }

  addKey(kind: KeyKind, kid: string): void {
    this.#add(kid, createSigningKey(kind, kid));
  }

  publish(key: object): void {
    this.#published.push(key);
  }

  withdrawKeys(): void {
    this.#published = [];
  }

  token(claims: object, { alg = 'RS256', kid = [...this.#keys.keys()].at(-1), header }: TokenOptions = {}): string {
    const key = this.#keys.get(kid ?? '');
    if (key === undefined) throw new Error(`the issuer has no key '${String(kid)}'`);
    return signToken(header ?? { alg, kid, typ: 'JWT' }, { iss: this.url, ...claims }, key);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #add(kid: string, key: SigningKey): void {
    this.#keys.set(kid, key);
    this.#published.push(key.publicKey);
  }

  #answer({ url = '' }: IncomingMessage, response: ServerResponse): void {
    this.asked.push(url);
    switch (this.behaviour) {
      case 'silent':
        return;
      case 'failing':
        response.writeHead(500).end('{}');
        return;
      case 'nonsense':
        response.writeHead(200).end('<html>');
        return;
      case 'redirecting':
        response.writeHead(302, { location: `${this.url}/elsewhere` }).end();
        return;
      case 'well':
        this.#answerWell(url, response);
    }
  }

  #answerWell(url: string, response: ServerResponse): void {
    const answers: Readonly<Record<string, object>> = {
      '/.well-known/openid-configuration': { issuer: this.url, jwks_uri: `${this.url}/keys` },
      '/keys': { keys: this.#published },
    };
    const answer = answers[url];
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? {}));
  }
}
