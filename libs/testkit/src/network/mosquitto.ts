import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A Mosquitto of the test's own, with persistence in a folder of its own. */
export interface Mosquitto {
  readonly host: string;
  readonly port: number;
  readonly folder: string;
  /** Ends the process; what it has confirmed it keeps. */
  stop(): Promise<void>;
  /** The same port and folder again. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface MosquittoOptions {
  /** Further lines of mosquitto.conf; `FOLDER` stands for the folder. */
  readonly configuration?: readonly string[];
  /** Makes what the configuration names. */
  readonly prepare?: (folder: string) => Promise<void> | void;
}

const DEADLINE_MS = 10_000;

/** @throws Error when no mosquitto is installed */
export async function openMosquitto({ configuration = [], prepare }: MosquittoOptions = {}): Promise<Mosquitto> {
  const folder = await mkdtemp(join(tmpdir(), 'gemel-mosquitto-'));
  const port = await freePort();
  await prepare?.(folder);
  const lines = [
    `listener ${port} 127.0.0.1`,
    'persistence true',
    `persistence_location ${folder}/`,
    'max_queued_messages 0',
    // It gives up its rights when it is started as root, and could not write there.
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    ...(configuration.some((line) => line.startsWith('allow_anonymous')) ? [] : ['allow_anonymous true']),
    ...configuration.map((line) => line.replaceAll('FOLDER', folder)),
  ];
  const file = join(folder, 'mosquitto.conf');
  await writeFile(file, `${lines.join('\n')}\n`);
  let broker: ChildProcess | undefined;
  const stop = async () => {
    const stopping = broker;
    broker = undefined;
    if (stopping?.exitCode !== null || stopping.signalCode !== null) return;
    const exited = new Promise((resolve) => stopping.once('exit', resolve));
    stopping.kill('SIGTERM');
    await exited;
  };
  const start = async () => {
    broker = spawn('mosquitto', ['-c', file], {
      stdio: 'ignore',
      env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
    });
    await untilListening(port, broker);
  };
  await start();
  return {
    host: '127.0.0.1',
    port,
    folder,
    stop,
    start,
    close: async () => {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}

async function untilListening(port: number, broker: ChildProcess): Promise<void> {
  let failure: Error | undefined;
  broker.once('error', (error) => (failure = error));
  broker.once('exit', (code) => (failure ??= new Error(`mosquitto ended with ${code ?? 'a signal'}`)));
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await listens(port))) {
    if (failure !== undefined) throw failure;
    if (performance.now() > deadline) throw new Error(`mosquitto does not listen on ${port}`);
    await delay(10);
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (typeof address !== 'object' || address === null) throw new Error('there is no free port');
  return address.port;
}
