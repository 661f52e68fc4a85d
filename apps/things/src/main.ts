import { boundHeap } from '@gemel/process/heap';

// Before the rest is loaded.
boundHeap();
const { run } = await import('./program.js');
await run(process.argv.slice(2), process.env);
