// `npm run test:services`: sees to it that the programs the tests need are installed, then runs the tests that need them.
import { spawnSync } from 'node:child_process';
import { newerNode } from './services/newer-node.mjs';
import { ROOT } from './setup/run-step.mjs';

/** Programs by name, and the Debian package that has each. */
const PROGRAMS = { mosquitto_pub: 'mosquitto-clients', curl: 'curl' };

const missing = Object.entries(PROGRAMS).filter(
  ([program]) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0,
);
if (missing.length > 0) install(missing.map(([, name]) => name));

const test = ['tools/test.mjs', '--config', 'jest.services.config.mjs', ...process.argv.slice(2)];
const env = { ...process.env, NEWER_NODE: newerNode() };
process.exitCode = spawnSync(process.execPath, test, { cwd: ROOT, env, stdio: 'inherit' }).status ?? 1;

function install(packages) {
  console.error(`Installing ${packages.join(', ')}`);
  const run = (...args) =>
    spawnSync('apt-get', [...args, '-qq'], { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  if (run('update') && run('install', '-y', '--no-install-recommends', ...packages)) return;
  console.error(`Cannot install ${packages.join(', ')}: install them by hand (they need root), then try again.`);
  process.exit(1);
}
