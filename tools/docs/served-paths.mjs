import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../setup/run-step.mjs';

/** The API description that the built solo serves; it is started for it on free ports, with a folder that is removed. */
export async function servedPaths() {
  const folder = mkdtempSync(join(tmpdir(), 'gemel-docs-'));
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'apps/solo/bundle/main.js', '--json'],
    {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        GEMEL_HTTP_PORT: '0',
        GEMEL_MQTT_PORT: '0',
        GEMEL_DATA_DIR: folder,
        GEMEL_LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    const exited = once(child, 'exit').then(([code]) => Promise.reject(new Error(`solo ended with ${code}`)));
    exited.catch(() => undefined);
    const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), exited]);
    const response = await fetch(new URL('/openapi.json', JSON.parse(line).http));
    return (await response.json()).paths;
  } finally {
    if (child.exitCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  }
}
