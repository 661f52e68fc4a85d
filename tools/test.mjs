// `npm test`: installs and builds when needed, then runs Jest as native ESM; arguments are Jest's.
import { spawn } from 'node:child_process';
import { ROOT } from './setup/run-step.mjs';
import { setUp } from './setup/set-up.mjs';

await setUp();
const jest = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    ...process.argv.slice(2),
  ],
  { cwd: ROOT, stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => jest.kill(signal));
jest.once('exit', (status) => {
  process.exitCode = status ?? 1;
});
