// `.ci/run`: the README's two commands, then every check. `.ci/run lint deps` runs only the steps named.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { npmScript } from './ci/npm-script.mjs';
import { smokeStart } from './ci/smoke-start.mjs';
import { readArguments } from './setup/read-arguments.mjs';
import { ROOT } from './setup/run-step.mjs';
import { inUserCache } from './setup/user-cache.mjs';

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/**
 * Stages in this order; the steps of one run beside each other, as many as have room, and are shown as they end. Each
 * answers how many passed and how many failed. Caches only where the result of a file depends on nothing that they do not
 * look at: what a linter that knows types says of one does not.
 */
const stages = [
  { start: async () => count(await smokeStart()) },
  { test: () => specs('test') },
  {
    lint: check('lint'),
    format: check('format:check', '--cache', '--cache-strategy=content', `--cache-location=${inUserCache('prettier')}`),
    types: check('types', '--tsBuildInfoFile', inUserCache('types.tsbuildinfo')),
    deps: check('deps'),
    unused: check('unused'),
    docs: check('docs', '--check'),
  },
  { ...('test:services' in scripts && { services: () => specs('test:services') }) },
];
/** Of one stage at a time. */
const MOST_BESIDE = 2;

const names = stages.flatMap((stage) => Object.keys(stage));
const USAGE = `Usage: .ci/run [steps]

Runs what a change must pass, all of it or the steps named: ${names.join(', ')}.
`;

const wanted = readArguments({ usage: USAGE, allowPositionals: true }, ({ positionals }) => {
  const unknown = positionals.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`There is no step '${unknown.join("', '")}'.`);
  return positionals.length === 0 ? names : positionals;
});
const results = [];
for (const stage of stages) await runStage(Object.entries(stage).filter(([name]) => wanted.includes(name)));

console.log('');
for (const { name, seconds, passed, failed } of results) {
  console.log(`${name.padEnd(10)}${seconds.toFixed(1).padStart(7)} s  ${passed} passed, ${failed} failed`);
}
const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
console.log(`${total('passed')} passed, ${total('failed')} failed`);
process.exitCode = total('failed') === 0 ? 0 : 1;

async function runStage(steps) {
  const isAlone = steps.length === 1;
  const waiting = [...steps];
  const runNext = async () => {
    const [name, step] = waiting.shift();
    if (isAlone) console.log(`== ${name}`);
    let output = '';
    const start = performance.now();
    const result = await step(isAlone ? undefined : (text) => (output += text));
    if (!isAlone) process.stdout.write(`== ${name}\n${output}`);
    results.push({ name, seconds: (performance.now() - start) / 1000, ...result });
    if (waiting.length > 0) await runNext();
  };
  await Promise.all(steps.slice(0, MOST_BESIDE).map(runNext));
}

function check(script, ...args) {
  return async (show) => count(await npmScript(script, args, show));
}

/** Runs Vitest by its npm script and counts its tests; a suite that does not load counts as one failure. */
async function specs(script) {
  const report = inUserCache(`${script.replace(':', '-')}.json`);
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const success = await npmScript(script, ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]);
  const counts = readReport(report);
  if (counts === undefined) return count(false);
  const unloaded = counts.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  const failed = Math.max(counts.numFailedTests + unloaded.length, success ? 0 : 1);
  return { passed: counts.numPassedTests, failed };
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
