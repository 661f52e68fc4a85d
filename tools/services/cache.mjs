import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../setup/lock.mjs';
import { inUserCache } from '../setup/user-cache.mjs';

const CACHE = inUserCache('services');

/**
 * The folder that `build(folder)` filled once for this user; built when it is not there.
 * What was interrupted never counts as built, and of two processes one builds and the other waits.
 */
export async function cached(name, version, build) {
  const folder = join(CACHE, `${name}-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  await withLock(async () => {
    if (existsSync(folder)) return;
    const partial = `${folder}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial);
    await build(partial);
    renameSync(partial, folder);
  }, `${folder}.lock`);
  return folder;
}

/** Where the output of building `name` is kept; the folder is made when it is not there. */
export function buildLog(name) {
  mkdirSync(CACHE, { recursive: true });
  return join(CACHE, `${name}.log`);
}
