import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** The repository's root folder. */
export const ROOT = resolve(import.meta.dirname, '../..');

/** Runs a command in the root folder, all its output on standard error, nothing to read on its input. */
export async function runStep(label, command, args, options = {}) {
  const start = performance.now();
  process.stderr.write(`${label} …\n`);
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2], ...options });
  const status = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ?? code));
  });
  if (status !== 0) throw new Error(`'${label}' failed (${status}); the reason is above`);
  process.stderr.write(`${label}: done in ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
}
