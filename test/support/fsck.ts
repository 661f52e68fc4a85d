import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const FSCK = fileURLToPath(new URL('../../apps/solo/bundle/fsck.js', import.meta.url));

/** What an operator's check found in a store: its exit status, and the lines that it printed. */
export interface Checked {
  readonly status: number | null;
  /** One of each fault, and the summary. */
  readonly lines: readonly string[];
}

/** Runs the built check on the store that the settings name. */
export function fsck(settings: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Checked> {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('GEMEL_'));
  const child = spawn(process.execPath, [FSCK, ...args], {
    env: { ...Object.fromEntries(others), GEMEL_LOG_LEVEL: 'silent', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      resolve({ status, lines: output.trim().split('\n') });
    });
  });
}

/** The documents of a stopped or running cluster are what the log leads to. */
export async function expectSoundDatabase(url: string, database: string): Promise<void> {
  const { status, lines } = await fsck({ GEMEL_MONGODB_URL: url, GEMEL_MONGODB_DATABASE: database });
  // A machine that is busy is told of how far it is, besides.
  expect(lines.filter((line) => line.includes('"kind":'))).toEqual([]);
  expect(lines.at(-1)).toContain('"isComplete":true');
  expect(status).toBe(0);
}

/** Settings with which a cluster holds documents against the log all the time. */
export const CHECKING = { GEMEL_CONSISTENCY_CHECKS_PER_MINUTE: '6000' };

/** No process has said that something is stored otherwise than the log says. */
export function expectNoAlarm(log: string): void {
  expect(log.split('\n').filter((line) => line.includes('what is stored is not what the log says'))).toEqual([]);
}
