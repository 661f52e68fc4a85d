import { boundHeap } from '@gemel/process/heap';

// Before the rest is loaded.
boundHeap();
await import('./program.js');
