import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { ROOT } from '../setup/run-step.mjs';
import { buildLog } from './cache.mjs';
import { lastLines } from './last-lines.mjs';

const SIGN_OF_LIFE_MS = 30_000;

/**
 * Runs a command of a build, its output in a log of its own, since several builds run at a time.
 * `hint` says how to go on when it fails.
 */
export async function buildStep({ name, label, hint, env = {}, cwd = ROOT }, command, args) {
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(0)} s`;
  const say = (text) => process.stderr.write(`${name}: ${text}\n`);
  say(`${label} …`);
  const log = buildLog(name);
  const output = openSync(log, 'w');
  // At low priority, so that the machine can be used meanwhile.
  const child = spawn('nice', [command, ...args], {
    cwd,
    // All processors, however few the programs get that are built.
    env: { ...process.env, GOMAXPROCS: undefined, ...env },
    stdio: ['ignore', output, output],
    detached: true,
  });
  const kill = () => process.kill(-child.pid); // with all that it started
  process.once('exit', kill);
  closeSync(output);
  const signOfLife = setInterval(() => say(`${label}: for ${seconds()} now`), SIGN_OF_LIFE_MS);
  const result = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? code));
  });
  clearInterval(signOfLife);
  process.off('exit', kill);
  if (result !== 0) throw new Error(`${name}: '${label}' failed (${result}). ${hint}\n${lastLines(log)}`);
  say(`${label}: done in ${seconds()}`);
}
