// `npm run bench`: installs and builds when needed, then measures; see docs/benchmarks.md for what and against what.
import { readArguments } from './setup/read-arguments.mjs';
import { setUp } from './setup/set-up.mjs';

const PARTS = {
  cluster: 'the processes of a cluster, beside the bare driver and bare HTTP servers',
  search: 'searches among many things',
  policies: 'solo with and without policies',
  mapping: 'payloads by scripts, beside the mapper for Ditto Protocol messages',
  connectors: 'connections to Mosquitto and Kafka, beside bare consumers of the same libraries',
  composition: 'trees and graphs; with --cluster on a cluster, too',
};

const USAGE = `Usage: npm run bench -- [part]

Measures solo beside bare programs that do the same work, or one of the parts, and writes the section of docs/benchmarks.md.

${Object.entries(PARTS)
  .map(([name, meaning]) => `  --${name.padEnd(14)}${meaning}`)
  .join('\n')}
  --help          show this text

How long it takes is set by variables such as BENCH_ROUNDS and BENCH_SECONDS: the first lines of each tools/bench/*/run.mjs.
`;

const options = Object.fromEntries(Object.keys(PARTS).map((name) => [name, { type: 'boolean', default: false }]));
const part = readArguments({ usage: USAGE, options }, ({ values }) => {
  const named = Object.keys(PARTS).filter((name) => values[name]);
  const [only] = named.length === 2 && values.composition && values.cluster ? ['composition'] : named;
  if (named.length > 1 && only !== 'composition') throw new Error(`One part at a time, not ${named.join(' and ')}.`);
  return only;
});
await setUp();
await import(part === undefined ? './bench/run.mjs' : `./bench/${part}/run.mjs`);
