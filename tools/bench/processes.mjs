// Starts and stops the programs that are measured, and reads what CPU and memory they used.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { NODE_FLAGS } from '../node-flags.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const CLOCK_TICK_MS = 10;

/** A running program that said it is ready by one line of JSON, in a folder of its own. */
export async function launch(script, args = [], env = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'gemel-bench-'));
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [...NODE_FLAGS, join(root, script), ...args.map((arg) => (arg === '{folder}' ? folder : arg))],
    {
      cwd: root,
      env: { ...process.env, GEMEL_DATA_DIR: folder, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ready = await firstJsonLine(child);
  return {
    ready,
    startMs: performance.now() - started,
    cpuMs: () => cpuMs(child.pid),
    residentBytes: () => residentBytes(child.pid),
    stop: async () => {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function firstJsonLine(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{')) return JSON.parse(line);
  }
  throw new Error('it ended before it was ready');
}

/** User and system time of a process so far. */
export function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MS;
}

/** Memory of a process that is in use now. */
export function residentBytes(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}
