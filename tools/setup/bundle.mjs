import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './run-step.mjs';

/** What is started, by the app that it belongs to (ADR 29). */
const PROGRAMS = { solo: ['main', 'fsck'], things: ['main'], 'extended-api': ['main'], ingest: ['main'] };
/** Packages with machine code beside their own. */
const LEFT_OUT = /^(?:libsql|ssh2)(?:\/|$)/;

/**
 * V8 keeps the text of what it has loaded, and all of it with two bytes for each character when one of them needs two.
 * Licences stay.
 */
const SMALL_IN_MEMORY = { charset: 'ascii', comments: { legal: true, annotation: false, jsdoc: false } };

/** Whether every program is there. */
export function isBundled() {
  return Object.entries(PROGRAMS).every(([app, programs]) =>
    programs.every((program) => existsSync(join(bundleOf(app), `${program}.js`))),
  );
}

/** Joins what each app loads, compiled code and packages, into few files: `apps/<app>/bundle/<program>.js`. */
export async function bundle() {
  // Not before packages are installed.
  const { rolldown } = await import('rolldown');
  await Promise.all(Object.entries(PROGRAMS).map(([app, programs]) => bundleApp(rolldown, app, programs)));
}

async function bundleApp(rolldown, app, programs) {
  const input = Object.fromEntries(programs.map((program) => [program, join(ROOT, 'apps', app, `dist/${program}.js`)]));
  const dir = bundleOf(app);
  rmSync(dir, { recursive: true, force: true });
  const build = await rolldown({ input, platform: 'node', external: LEFT_OUT, onLog });
  try {
    await build.write({
      dir,
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'parts/[name]-[hash].js',
      ...SMALL_IN_MEMORY,
    });
  } finally {
    await build.close();
  }
}

/** Packages ask for others that one may add to them, NestJS for nine: who asks at run time hears that they are not there. */
function onLog(level, log, report) {
  const isOptional = log.code === 'UNRESOLVED_IMPORT' && /[\\/]node_modules[\\/]/.test(log.id ?? log.message);
  if (!isOptional) report(level === 'warn' ? 'error' : level, log);
}

function bundleOf(app) {
  return join(ROOT, 'apps', app, 'bundle');
}
