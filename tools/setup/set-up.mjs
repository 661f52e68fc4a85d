import { build, isBuilt } from './build.mjs';
import { install, isInstalled } from './install.mjs';
import { withLock } from './lock.mjs';
import { requireNode } from './require-node.mjs';

/**
 * Installs and builds what is missing or stale, and says so on standard error; standard output stays clean.
 * Costs some milliseconds when there is nothing to do. Two terminals may do it at the same time: the second one waits.
 * Ends the process with status 1 and one clear line when it cannot be done.
 */
export async function setUp() {
  requireNode();
  if (isInstalled() && isBuilt()) return;
  await orEnd(async () => {
    if (!isInstalled()) await install();
    if (!isBuilt()) await build();
  });
}

/** The same for the packages alone: for tools that use packages but nothing that is built. */
export async function setUpPackages() {
  requireNode();
  if (isInstalled()) return;
  await orEnd(async () => {
    if (!isInstalled()) await install();
  });
}

async function orEnd(action) {
  try {
    await withLock(action);
  } catch (error) {
    process.stderr.write(`\nThe set-up failed: ${error.message}\n`);
    process.exit(1);
  }
}
