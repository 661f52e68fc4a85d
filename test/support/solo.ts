import { spawn } from 'node:child_process';
import type { ChildProcess, ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../apps/solo/bundle/main.js', import.meta.url));

/** A started Gemel, as its users see it: a process with URLs. */
export interface Solo {
  readonly http: string;
  readonly mqtt: string;
  /** What it wrote to standard error so far. */
  readonly log: () => string;
  /** SIGTERM; resolves with the exit code. */
  readonly stop: () => Promise<number | null>;
  /** SIGKILL, as a power cut would. */
  readonly kill: () => Promise<void>;
}

const running = new Set<ChildProcess>();

// What a failed test left behind must not keep the others from ending.
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts the built app on free ports, by this process' Node.js or another; resolves when it said that it is ready. */
export async function startSolo(
  folder: string,
  environment: Record<string, string> = {},
  args: readonly string[] = [],
  node = process.execPath,
): Promise<Solo> {
  const child = launch(folder, environment, args, node);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return started(child);
}

/** The same for all tests of a file, in a folder of its own that goes when it is stopped. */
export async function startSharedSolo(environment: Record<string, string> = {}): Promise<Solo> {
  const folder = await mkdtemp(join(tmpdir(), 'gemel-test-'));
  const child = launch(folder, environment, [], process.execPath);
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const solo = await started(child);
  return {
    ...solo,
    stop: async () => {
      process.off('exit', kill);
      const code = await solo.stop();
      await rm(folder, { recursive: true, force: true });
      return code;
    },
  };
}

function launch(folder: string, environment: Record<string, string>, args: readonly string[], node: string) {
  return spawn(node, [MAIN, '--json', ...args], {
    env: {
      ...withoutGemel(process.env),
      GEMEL_HTTP_PORT: '0',
      GEMEL_MQTT_PORT: '0',
      GEMEL_DATA_DIR: folder,
      GEMEL_LOG_LEVEL: 'warn',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function started(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Solo> {
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const ready = await Promise.race([
    readyLine(child),
    exited.then(([code]) => Promise.reject(new Error(`exit ${String(code)}: ${log}`))),
  ]);
  return {
    ...ready,
    log: () => log,
    stop: async () => {
      child.kill('SIGTERM');
      return (await exited)[0];
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Runs `use` with an empty folder that is removed afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'gemel-test-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readyLine(
  child: ChildProcessByStdio<null, Readable, Readable>,
): Promise<{ http: string; mqtt: string }> {
  for await (const line of createInterface({ input: child.stdout }))
    return JSON.parse(line) as { http: string; mqtt: string };
  return new Promise(() => undefined);
}

function withoutGemel(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('GEMEL_')));
}
