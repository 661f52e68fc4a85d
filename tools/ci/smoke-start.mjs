import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../setup/run-step.mjs';

/** Installing and building included. */
const READY_WITHIN_MS = 300_000;
const STOPPED_WITHIN_MS = 15_000;

/** Starts Gemel by the README's command on free ports and an empty folder, asks it for its health, and stops it cleanly. */
export async function smokeStart() {
  const folder = mkdtempSync(join(tmpdir(), 'gemel-start-'));
  const child = spawn(process.execPath, ['tools/start.mjs', '--json'], {
    cwd: ROOT,
    env: { ...process.env, GEMEL_HTTP_PORT: '0', GEMEL_MQTT_PORT: '0', GEMEL_DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  try {
    const started = performance.now();
    const { http } = await within(READY_WITHIN_MS, Promise.race([firstJsonLine(child.stdout), exitedEarly(exit)]));
    console.log(`ready in ${((performance.now() - started) / 1000).toFixed(1)} s: ${http}`);
    const health = await fetch(new URL('/health', http));
    console.log(`GET /health: ${health.status}`);
    child.kill('SIGTERM');
    const [status] = await within(STOPPED_WITHIN_MS, exit);
    console.log(`stopped with status ${status}`);
    return health.ok && status === 0;
  } catch (error) {
    console.log(`npm start failed: ${error.message}`);
    return false;
  } finally {
    child.kill('SIGKILL');
    await exit;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function firstJsonLine(stream) {
  for await (const line of createInterface({ input: stream })) if (line.startsWith('{')) return JSON.parse(line);
  throw new Error('it ended without a line of JSON');
}

async function exitedEarly(exit) {
  const [status, signal] = await exit;
  throw new Error(`it ended with ${signal ?? status}`);
}

async function within(ms, promise) {
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${ms / 1000} s`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
