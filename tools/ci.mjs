// `.ci/run`: the README's two commands, then every check. `.ci/run lint deps` runs only the steps named.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { smokeStart } from './ci/smoke-start.mjs';
import { readArguments } from './setup/read-arguments.mjs';
import { ROOT } from './setup/run-step.mjs';

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'gemel');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** In this order; each answers how many passed and how many failed. */
const steps = {
  start: async () => count(await smokeStart()),
  test: () => specs('test'),
  format: () => npm('format:check'),
  lint: () => npm('lint'),
  types: () => npm('types'),
  deps: () => npm('deps'),
  unused: () => npm('unused'),
  docs: () => npm('docs', '--check'),
  ...('test:services' in scripts && { services: () => specs('test:services') }),
};

const USAGE = `Usage: .ci/run [steps]

Runs what a change must pass, all of it or the steps named: ${Object.keys(steps).join(', ')}.
`;

const wanted = readArguments({ usage: USAGE, allowPositionals: true }, ({ positionals }) => {
  const unknown = positionals.filter((name) => !Object.hasOwn(steps, name));
  if (unknown.length > 0) throw new Error(`There is no step '${unknown.join("', '")}'.`);
  return positionals;
});
const results = [];
for (const [name, step] of Object.entries(steps)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`== ${name}`);
  const start = performance.now();
  const result = await step();
  results.push({ name, seconds: (performance.now() - start) / 1000, ...result });
}

console.log('');
for (const { name, seconds, passed, failed } of results) {
  console.log(`${name.padEnd(10)}${seconds.toFixed(1).padStart(7)} s  ${passed} passed, ${failed} failed`);
}
const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
console.log(`${total('passed')} passed, ${total('failed')} failed`);
process.exitCode = total('failed') === 0 ? 0 : 1;

function npm(script, ...args) {
  const run = ['run', '--silent', script, '--', ...args];
  const { status } = spawnSync('npm', run, { cwd: ROOT, stdio: 'inherit', shell: process.platform === 'win32' });
  return count(status === 0);
}

/** Runs Vitest by its npm script and counts its tests; a suite that does not load counts as one failure. */
function specs(script) {
  const report = join(cache, `${script.replace(':', '-')}.json`);
  mkdirSync(cache, { recursive: true });
  rmSync(report, { force: true });
  const { failed } = npm(script, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`);
  const counts = readReport(report);
  if (counts === undefined) return count(false);
  const unloaded = counts.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  return { passed: counts.numPassedTests, failed: Math.max(counts.numFailedTests + unloaded.length, failed) };
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // the set-up failed before Vitest began; its reason is above
  }
}

function count(success) {
  return success ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}
