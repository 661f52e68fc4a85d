// `npm test`: installs and builds when needed, then runs Vitest; arguments are Vitest's.
import { spawn } from 'node:child_process';
import { ROOT } from './setup/run-step.mjs';
import { setUp } from './setup/set-up.mjs';

const given = process.argv.slice(2);
/** Naming one reporter leaves out the one that Vitest has by itself. */
const reporters = [
  '--reporter=./tools/test/stall-reporter.mjs',
  ...(given.some((each) => each.startsWith('--reporter')) ? [] : ['--reporter=default']),
];

await setUp();
const vitest = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...given], {
  cwd: ROOT,
  stdio: 'inherit',
  // With its workers in a group, so that one that hangs ends with it.
  detached: true,
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => vitest.kill(signal));
vitest.once('exit', (status) => {
  process.exitCode = status ?? 1;
  endGroup(vitest.pid);
});

function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}
