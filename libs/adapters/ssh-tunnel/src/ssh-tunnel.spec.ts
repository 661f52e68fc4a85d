import { createHash, generateKeyPairSync } from 'node:crypto';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server as NetServer } from 'node:net';

import type { SshCredentials, SshTunnel } from '@gemel/model/connections';
import ssh2 from 'ssh2';
import type { Server } from 'ssh2';

import { OpenTunnel, isFingerprint } from './ssh-tunnel.js';

const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2_048 });
const hostKey = rsa().privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const userKey = rsa();
const privateKey = userKey.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

let echo: NetServer;
let server: Server;
let tunnels: OpenTunnel[];
let asked: string[];
let clients: { end(): void }[];

const portOf = (address: AddressInfo | string | null) => (typeof address === 'object' ? (address?.port ?? 0) : 0);
const listening = (one: NetServer | Server) =>
  new Promise<void>((resolve) => one.listen(0, '127.0.0.1', () => resolve()));

beforeEach(async () => {
  [tunnels, asked, clients] = [[], [], []];
  echo = createServer((socket) => socket.pipe(socket));
  server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    clients.push(client);
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      const isPassword = context.method === 'password' && context.password === 'swordfish';
      if (context.username === 'me' && (isPassword || context.method === 'publickey')) context.accept();
      else context.reject(['password', 'publickey']);
    });
    client.on('ready', () => {
      client.on('tcpip', (accept, _reject, { destIP, destPort }) => {
        asked.push(`${destIP}:${destPort}`);
        const stream = accept();
        const far = connect(portOf(echo.address()), '127.0.0.1');
        stream.pipe(far).pipe(stream);
        stream.on('close', () => far.destroy());
        far.on('error', () => stream.close());
      });
    });
  });
  await Promise.all([listening(echo), listening(server)]);
});

afterEach(async () => {
  for (const tunnel of tunnels) await tunnel.close();
  for (const client of clients) client.end();
  server.close();
  echo.close();
});

function open(change: Partial<SshTunnel> = {}): OpenTunnel {
  const credentials: SshCredentials = { type: 'plain', username: 'me', password: 'swordfish' };
  const tunnel = new OpenTunnel({
    host: '127.0.0.1',
    port: portOf(server.address()),
    credentials,
    knownHosts: undefined,
    ...change,
  });
  tunnels.push(tunnel);
  return tunnel;
}

async function echoed(tunnel: OpenTunnel, text: string): Promise<string> {
  const place = await tunnel.route({ host: 'broker.internal', port: 1_883 });
  const socket = connect(place);
  socket.write(text);
  let answer = '';
  for await (const chunk of socket) {
    answer += String(chunk);
    if (answer.length >= text.length) break;
  }
  return answer;
}

describe('SSH tunnel', () => {
  it('leads to places that only the SSH server reaches, with a password', async () => {
    const tunnel = open();
    expect(await echoed(tunnel, 'hello')).toBe('hello');
    expect(await echoed(tunnel, 'x'.repeat(1_000_000))).toHaveLength(1_000_000);
    expect(asked).toEqual(['broker.internal:1883', 'broker.internal:1883']);
    expect(clients).toHaveLength(1);
  });

  it('leads there with a key', async () => {
    expect(await echoed(open({ credentials: { type: 'public-key', username: 'me', privateKey } }), 'hi')).toBe('hi');
  });

  it.each([
    ['the password is wrong', { credentials: { type: 'plain', username: 'me', password: 'wrong' } }],
    ['the key is none', { credentials: { type: 'public-key', username: 'me', privateKey: 'no PEM' } }],
    ['the host is another one', { knownHosts: ['SHA256:AAAA'] }],
  ] satisfies readonly (readonly [string, Partial<SshTunnel>])[])(
    'rejects when %s, and tells no secret',
    async (_, change) => {
      await expect(open(change).route({ host: 'broker.internal', port: 1 })).rejects.toThrow(/^(?!.*(wrong|no PEM))/);
    },
  );

  it('is made anew when the SSH server was away', async () => {
    const tunnel = open();
    expect(await echoed(tunnel, 'a')).toBe('a');
    for (const client of clients) client.end();
    for (let tries = 0; clients.length < 2 && tries < 50; tries++) await echoed(tunnel, 'b').catch(() => undefined);
    expect(await echoed(tunnel, 'c')).toBe('c');
  });
});

describe('fingerprints', () => {
  const key = Buffer.from('a key');
  it.each(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'])('by %s', (algorithm) => {
    const hash = createHash(algorithm).update(key);
    const hex = algorithm === 'md5' ? hash.digest('hex').replace(/(..)(?=.)/g, '$1:') : hash.digest('base64');
    expect(isFingerprint(`${algorithm.toUpperCase()}:${hex}`, key)).toBe(true);
    expect(isFingerprint(`${algorithm.toUpperCase()}:${hex}`, Buffer.from('another'))).toBe(false);
  });

  it('of nothing known match nothing', () => {
    expect(isFingerprint('CRC:00', key)).toBe(false);
    expect(isFingerprint('', key)).toBe(false);
  });
});
