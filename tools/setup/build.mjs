import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundle, isBundled } from './bundle.mjs';
import { ROOT, runStep } from './run-step.mjs';

const STAMP = join(ROOT, '.cache/build-stamp');

/** Whether every package's dist and every program was built from exactly the sources that are there now (by path, size and time). */
export function isBuilt() {
  const projects = buildProjects();
  if (!isBundled() || !projects.every((folder) => existsSync(join(folder, 'dist/.tsbuildinfo')))) return false;
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint(projects);
}

export async function build() {
  // Taken before the build: what is edited meanwhile is built again the next time.
  const projects = buildProjects();
  const stamp = fingerprint(projects);
  await runStep('Building (some seconds)', process.execPath, [
    join(ROOT, 'node_modules/@typescript/native/bin/tsc'),
    '-b',
    'tsconfig.build.json',
  ]);
  await bundle();
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, stamp);
}

function buildProjects() {
  const { references } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.build.json'), 'utf8'));
  return references.map(({ path }) => dirname(join(ROOT, path)));
}

function fingerprint(projects) {
  const hash = createHash('sha256');
  const files = ['tsconfig.base.json', 'tsconfig.build.json', 'package-lock.json', 'tools/setup/bundle.mjs'].map(
    (name) => join(ROOT, name),
  );
  for (const folder of projects) {
    files.push(join(folder, 'package.json'), join(folder, 'tsconfig.build.json'), ...sourcesBelow(join(folder, 'src')));
  }
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function sourcesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}
