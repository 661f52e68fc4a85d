// `npm test`: installs and builds when needed, then runs Vitest; arguments are Vitest's.
import { spawn } from 'node:child_process';
import { ROOT } from './setup/run-step.mjs';
import { setUp } from './setup/set-up.mjs';

await setUp();
const vitest = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => vitest.kill(signal));
vitest.once('exit', (status) => {
  process.exitCode = status ?? 1;
});
