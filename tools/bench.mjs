// `npm run bench`: installs and builds when needed, then measures; see docs/benchmarks.md for what and against what.
// `npm run bench -- --cluster`: the same for the processes of a cluster. `-- --search`: searches among many things.
// `-- --connectors`: connections to Mosquitto and Kafka. `-- --mapping`: payloads by scripts. `-- --policies`: solo with and without policies. `-- --composition`: trees and graphs; with `--cluster` on a cluster, too.
import { setUp } from './setup/set-up.mjs';

await setUp();
const part = ['composition', 'cluster', 'search', 'policies', 'mapping', 'connectors'].find((name) =>
  process.argv.includes(`--${name}`),
);
await import(part === undefined ? './bench/run.mjs' : `./bench/${part}/run.mjs`);
