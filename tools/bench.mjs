// `npm run bench`: installs and builds when needed, then measures; see docs/benchmarks.md for what and against what.
import { setUp } from './setup/set-up.mjs';

await setUp();
await import('./bench/run.mjs');
