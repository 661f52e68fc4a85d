import { createHash, createPrivateKey } from 'node:crypto';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

import type { Place } from '@gemel/application/ports';
import type { SshTunnel } from '@gemel/model/connections';
import ssh2 from 'ssh2';
import type { Client, ConnectConfig } from 'ssh2';

/** For the SSH server to let us in. */
const READY_MS = 10_000;
const KEEP_ALIVE_MS = 10_000;
const ALGORITHMS: Readonly<Record<string, string>> = {
  MD5: 'md5',
  SHA1: 'sha1',
  SHA224: 'sha224',
  SHA256: 'sha256',
  SHA384: 'sha384',
  SHA512: 'sha512',
};

/** Ways through one SSH server: made when they are first needed, and anew when the server was away. */
export class OpenTunnel {
  readonly #servers = new Map<string, Promise<{ readonly server: Server; readonly port: number }>>();
  readonly #sockets = new Set<Socket>();
  #client: Promise<Client> | undefined;
  #isClosed = false;

  constructor(private readonly tunnel: SshTunnel) {}

  /** Where on this machine the way begins. Rejects when the SSH server does not let us in. */
  async route(place: Place): Promise<Place> {
    await this.#connected();
    const key = `${place.host} ${place.port}`;
    let entrance = this.#servers.get(key);
    if (entrance === undefined) {
      entrance = this.#listen(place);
      this.#servers.set(key, entrance);
    }
    return { host: '127.0.0.1', port: (await entrance).port };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const client = await this.#client?.catch(() => undefined);
    client?.destroy();
    for (const socket of this.#sockets) socket.destroy();
    for (const entrance of this.#servers.values()) (await entrance).server.close();
  }

  #connected(): Promise<Client> {
    this.#client ??= this.#connect().catch((error: unknown) => {
      this.#client = undefined;
      throw error;
    });
    return this.#client;
  }

  #connect(): Promise<Client> {
    return new Promise((resolve, reject) => {
      const client = new ssh2.Client();
      const gone = (): void => {
        this.#client = undefined;
        for (const socket of this.#sockets) socket.destroy();
      };
      client.once('ready', () => resolve(client));
      client.on('error', (error) => reject(new Error(`the SSH server: ${error.message}`, { cause: error })));
      client.on('close', () => {
        reject(new Error('the SSH server has ended the connection'));
        gone();
      });
      // A key that is none is told like any other refusal.
      client.connect(connectConfig(this.tunnel));
    });
  }

  async #listen(place: Place): Promise<{ readonly server: Server; readonly port: number }> {
    const server = createServer({ allowHalfOpen: true }, (near) => {
      this.#sockets.add(near);
      near.on('close', () => this.#sockets.delete(near));
      near.on('error', () => near.destroy());
      this.#forward(near, place).catch(() => near.destroy());
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (this.#isClosed) server.close();
    return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
  }

  async #forward(near: Socket, { host, port }: Place): Promise<void> {
    const client = await this.#connected();
    client.forwardOut('127.0.0.1', 0, host, port, (error, far) => {
      if (error !== undefined) {
        near.destroy();
        return;
      }
      far.on('error', () => near.destroy());
      far.on('close', () => near.destroy());
      near.on('close', () => far.destroy());
      near.pipe(far).pipe(near);
    });
  }
}

function connectConfig({ host, port, credentials, knownHosts }: SshTunnel): ConnectConfig {
  return {
    host,
    port,
    username: credentials.username,
    ...(credentials.type === 'plain'
      ? { password: credentials.password }
      : { privateKey: pkcs1(credentials.privateKey) }),
    readyTimeout: READY_MS,
    keepaliveInterval: KEEP_ALIVE_MS,
    hostVerifier: (key: Buffer) => knownHosts === undefined || knownHosts.some((known) => isFingerprint(known, key)),
  };
}

/** The library does not read PKCS8, which is what Ditto wants. */
function pkcs1(pem: string): string {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'rsa') throw new Error('the private key for the SSH server must be an RSA key');
  return key.export({ type: 'pkcs1', format: 'pem' }).toString();
}

/** Whether it is the key's, as `ssh-keygen -l` prints it. */
export function isFingerprint(text: string, key: Buffer): boolean {
  const colon = text.indexOf(':');
  const algorithm = ALGORITHMS[text.slice(0, colon).toUpperCase()];
  if (algorithm === undefined) return false;
  const expected = text.slice(colon + 1);
  const hash = createHash(algorithm).update(key);
  return algorithm === 'md5'
    ? hash.digest('hex') === expected.toLowerCase().replaceAll(':', '')
    : hash.digest('base64').replace(/=+$/, '') === expected.replace(/=+$/, '');
}
