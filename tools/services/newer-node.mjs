// A Node.js that brings its own SQLite, beside the one that runs the tests.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inUserCache } from '../setup/user-cache.mjs';

const MAJOR = '22';
const PACKAGE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const FOLDER = inUserCache(`node-${MAJOR}`);

/** Path of its program; installed from npm into the cache folder the first time. */
export function newerNode() {
  const program = join(FOLDER, 'node_modules', PACKAGE, 'bin/node');
  if (existsSync(program)) return program;
  console.error(`Installing Node.js ${MAJOR}`);
  mkdirSync(FOLDER, { recursive: true });
  const install = ['install', '--prefix', FOLDER, '--ignore-scripts', '--no-audit', '--no-fund', `${PACKAGE}@${MAJOR}`];
  const { status } = spawnSync('npm', install, { cwd: FOLDER, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status === 0 && existsSync(program)) return program;
  console.error(`Cannot install ${PACKAGE}@${MAJOR} from npm: see the reason above, then try again.`);
  process.exit(1);
}
