import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { connect as connectClient } from 'mqtt';
import type { MqttClient } from 'mqtt';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

/** Runs on what `npm run build` made: says its port. */
const BROKER = `
  import { openEmbeddedBroker } from '@gemel/broker-embedded';

  const log = { error() {}, warn() {}, info() {}, debug() {} };
  const broker = await openEmbeddedBroker({
    host: '127.0.0.1', port: 0, folder: process.env.CRASH_FOLDER, log,
    authenticate: () => ({ subjects: ['nginx:ditto'] }),
    onMessage: async () => {},
    topics: { sources: [], targets: [], receivers: ['nginx:ditto'] },
  });
  console.log(broker.port);
`;

let folder: string;
let child: ChildProcess | undefined;
let clients: MqttClient[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gemel-crash-'));
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.end(true);
  await kill();
  await rm(folder, { recursive: true });
});

async function start(): Promise<number> {
  const started = spawn(process.execPath, ['--input-type=module', '--eval', BROKER], {
    cwd: PACKAGE,
    env: { ...process.env, CRASH_FOLDER: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = started;
  for await (const line of createInterface({ input: started.stdout })) return Number(line);
  throw new Error('the broker did not start');
}

async function kill(): Promise<void> {
  if (child === undefined) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  child = undefined;
}

/** @param onMessage a session's messages may come with the answer to its connecting */
async function connect(
  port: number,
  clientId: string,
  { clean, onMessage = () => undefined }: { readonly clean: boolean; readonly onMessage?: (payload: Buffer) => void },
): Promise<MqttClient> {
  const options = { username: 'ditto', password: 'x', clientId, clean, reconnectPeriod: 0 };
  const client = connectClient(`mqtt://127.0.0.1:${port}`, options);
  clients.push(client);
  client.on('error', () => undefined);
  client.on('message', (_topic, payload) => {
    onMessage(payload);
  });
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => {
      resolve();
    });
    client.once('close', () => {
      reject(new Error(`${clientId} is not let in`));
    });
  });
  return client;
}

/** Publishes from several clients until so many messages are confirmed, and kills the broker; the numbers confirmed. */
async function publishUntilKilled(port: number, from: number, count: number): Promise<ReadonlySet<number>> {
  const senders = await Promise.all(['s1', 's2', 's3'].map((id) => connect(port, id, { clean: true })));
  const confirmed = new Set<number>();
  let next = from;
  // What is under way when the broker dies is never settled, so nobody waits for it.
  await new Promise<void>((resolve) => {
    const send = async (sender: MqttClient): Promise<void> => {
      while (confirmed.size < count) {
        const number = next++;
        const isRetained = number % 10 === 0;
        const topic = isRetained ? 'a/retained' : `a/${number}`;
        await sender.publishAsync(topic, String(number), { qos: 1, retain: isRetained });
        confirmed.add(number);
      }
      resolve();
    };
    for (const sender of senders) for (let lane = 0; lane < 10; lane++) send(sender).catch(() => undefined);
  });
  await kill();
  return confirmed;
}

describe('after kill -9', () => {
  it('a session has every confirmed message, and the last retained one stands', async () => {
    let port = await start();
    const keeper = await connect(port, 'keeper', { clean: false });
    await keeper.subscribeAsync('a/#', { qos: 1 });
    await keeper.endAsync();
    const confirmed = new Set<number>();
    for (const round of [0, 1, 2]) {
      for (const number of await publishUntilKilled(port, round * 10_000, 50 + 100 * round)) confirmed.add(number);
      port = await start();
    }
    const missing = new Set(confirmed);
    await new Promise<void>((resolve, reject) => {
      const onMessage = (payload: Buffer) => {
        missing.delete(Number(payload.toString()));
        if (missing.size === 0) resolve();
      };
      connect(port, 'keeper', { clean: false, onMessage }).catch(reject);
    });
    const payload = await new Promise<Buffer>((resolve, reject) => {
      connect(port, 'reader', { clean: true, onMessage: resolve })
        .then((reader) => reader.subscribeAsync('a/retained', { qos: 1 }))
        .catch(reject);
    });
    expect(Number(payload.toString())).toBeGreaterThanOrEqual(20_000);
  }, 60_000);
});
