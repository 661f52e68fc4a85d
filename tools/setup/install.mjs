import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runStep } from './run-step.mjs';

/** Whether node_modules holds what package-lock.json says: npm writes what it did as the last thing it does. */
export function isInstalled() {
  const present = packagesOf('node_modules/.package-lock.json');
  if (present === undefined) return false;
  return Object.entries(packagesOf('package-lock.json') ?? {}).every(
    ([path, wanted]) =>
      !path.includes('node_modules/') || maybeAbsent(wanted) || present[path]?.version === wanted.version,
  );
}

/**
 * The locked versions. Not `npm ci`: that refuses a lock file without the optional binaries of every platform, and not
 * every registry has them all. No package needs its install script, so none runs.
 */
export async function install() {
  const npm = process.env.npm_execpath;
  const [command, ...args] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  const options = ['--no-save', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  await runStep('Installing packages (once, about a minute)', command, [...args, 'install', ...options], {
    shell: process.platform === 'win32' && command === 'npm',
  });
}

/** Binaries for other platforms and optional peers are listed in the lock file but not installed. */
function maybeAbsent(wanted) {
  return wanted.optional === true || wanted.devOptional === true || wanted.peer === true;
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(join(ROOT, lockFile), 'utf8')).packages;
  } catch {
    // Not there, or cut short by an interrupted install: either way to be installed again.
    return undefined;
  }
}
