import { setFlagsFromString } from 'node:v8';

/** Most garbage beside what is alive, in percent of that. */
const GARBAGE_PERCENT = 60;

/**
 * Keeps the process near the size of what it holds. V8 by itself lets the heap grow to two or three times of that before
 * it collects: with 100,000 things of 1 kB 690 MiB instead of 470.
 *
 * Nor does the young generation grow before `letHeapBreathe`: what is loaded and compiled would have it as large as it may
 * be, 20 MiB of a process that then idles. To be called before anything else is loaded.
 */
export function boundHeap(): void {
  setFlagsFromString(`--heap-growing-percent=${GARBAGE_PERCENT}`);
  setYoungGrowth(1);
}

/**
 * The start is over: the young generation grows with the work, up to `--max-semi-space-size`. That is 16 MB: with 8 it is tidied twice as
 * often under full load, which costs a cluster a twelfth of its writes; with 32 no more was gained.
 */
export function letHeapBreathe(): void {
  setYoungGrowth(2);
}

/** By what its size is multiplied when much of it survives. */
function setYoungGrowth(factor: number): void {
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}
