import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ROOT } from '../setup/run-step.mjs';

/** Runs a script of package.json. Answers whether it succeeded. @param show takes what it writes; shown at once without */
export async function npmScript(script, args, show) {
  const child = spawn('npm', ['run', '--silent', script, '--', ...args], {
    cwd: ROOT,
    stdio: ['ignore', ...Array(2).fill(show === undefined ? 'inherit' : 'pipe')],
    shell: process.platform === 'win32',
  });
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', show);
  const [status] = await once(child, 'close');
  return status === 0;
}
