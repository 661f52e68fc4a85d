// `npm run bench`: installs and builds when needed, then measures; see docs/benchmarks.md for what and against what.
// `npm run bench -- --cluster`: the same for the processes of a cluster.
import { setUp } from './setup/set-up.mjs';

await setUp();
await import(process.argv.includes('--cluster') ? './bench/cluster/run.mjs' : './bench/run.mjs');
