import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../tools/start-cluster.mjs', import.meta.url));

/** `npm run start:cluster` as a person or a program has it. */
export interface StartClusterCommand {
  /** The lines of standard output so far. */
  readonly lines: readonly string[];
  readonly log: () => string;
  /** Resolves with the first line; rejects when it ends without. */
  readonly first: Promise<string>;
  readonly exited: Promise<number | null>;
  signal(name: NodeJS.Signals): void;
}

export function startClusterCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): StartClusterCommand {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    env: { ...process.env, GEMEL_LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const exited = once(child, 'exit').then(([status]) => status as number | null);
  const output = createInterface({ input: child.stdout });
  output.on('line', (line) => lines.push(line));
  const first = Promise.race([
    once(output, 'line').then(([line]) => String(line)),
    exited.then((status) => Promise.reject(new Error(`exit ${String(status)}: ${log}`))),
  ]);
  first.catch(() => undefined);
  return { lines, log: () => log, first, exited, signal: (name) => child.kill(name) };
}
