/**
 * Of the time that a batch took: so long the next one is put off. Whoever was answered comes again meanwhile and goes along;
 * else half of all clients are under way while the other half waits, and every question is asked twice. With more of it
 * the processors have nothing to do for a while (measured with 64 and 128 clients of a replica: 0.3 is the best, 0.8 too much).
 */
const GATHERED_PART = 0.3;
/** After a smaller batch nobody is put off: few would share what is saved. */
const FEW = 8;
/** Where so many wait, more of them make a question hardly cheaper; it costs 1.5 ms of CPU at both ends, however many share it. */
export const ENOUGH = 256;
/** For a server that is slow for another reason than its load. */
const LONGEST_MS = 20;

/** Times in milliseconds, of one clock. */
export interface TakenBatch {
  readonly appends: number;
  /** Its first question was asked. */
  readonly begun: number;
  /** Its last answer was there. */
  readonly ended: number;
}

/** For how long from now on the next batch is put off, in milliseconds, so that more share it. */
export function gatherMsAfter(
  last: TakenBatch | undefined,
  { waiting, now }: { waiting: number; now: number },
): number {
  if (last === undefined || last.appends < FEW || waiting >= ENOUGH) return 0;
  const took = last.ended - last.begun;
  const isOver = now - last.ended > took;
  return isOver ? 0 : Math.min(took * GATHERED_PART, LONGEST_MS);
}
