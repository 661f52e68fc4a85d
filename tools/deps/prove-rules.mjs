import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '../setup/run-step.mjs';
import { cruiseTree, remedies } from './cruise.mjs';
import { plantedFaults, soundTree } from './faults.mjs';

const PACKAGES = [
  ...['model', 'application', 'api', 'testkit', 'wiring', 'process'].map((name) => `libs/${name}`),
  ...['sqlite', 'store-embedded', 'broker-embedded'].map((name) => `libs/adapters/${name}`),
];
const FOLDERS = ['libs', 'apps', 'test', 'tools'];

/** Plants every fault in a small tree that has the real packages' exports maps. Returns what went wrong, a line each. */
export async function proveRules() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'gemel-deps-')));
  try {
    layOut(root);
    const sound = await cruiseTree(root, FOLDERS);
    for (const [, file, content] of plantedFaults) write(root, file, content);
    const faulty = await cruiseTree(root, FOLDERS);
    return [
      ...sound.violations.map(
        ({ rule, from, to }) => `rule '${rule.name}' objects to a sound import: ${from} -> ${to}`,
      ),
      ...plantedFaults
        .filter(([rule, file]) => !faulty.violations.some((found) => found.rule.name === rule && found.from === file))
        .map(([rule, file, content]) => `rule '${rule}' lets a planted fault pass: ${file}: ${content}`),
      ...[...remedies.keys()]
        .filter((name) => !plantedFaults.some(([rule]) => rule === name))
        .map((name) => `rule '${name}' has no planted fault`),
    ];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function layOut(root) {
  for (const folder of PACKAGES) {
    const { name } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    const link = join(root, 'node_modules', name);
    mkdirSync(join(root, folder), { recursive: true });
    mkdirSync(dirname(link), { recursive: true });
    cpSync(join(ROOT, folder, 'package.json'), join(root, folder, 'package.json'));
    symlinkSync(join(root, folder), link, 'junction');
  }
  write(root, 'package.json', '{ "name": "sound", "type": "module" }');
  for (const name of ['driver', '@nestjs/common']) {
    write(root, `node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    write(root, `node_modules/${name}/index.js`, '');
  }
  for (const [file, content] of Object.entries(soundTree)) write(root, file, content);
}

function write(root, file, content) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), content);
}
