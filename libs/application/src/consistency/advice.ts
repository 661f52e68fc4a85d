import type { Finding } from './consistency-check.js';
import type { FaultKind } from './judge.js';

const MEND = 'run npm run fsck with --repair';

const ADVICE: Readonly<Record<FaultKind, string>> = {
  missing: MEND,
  state: MEND,
  behind: `see whether a replica of things holds the lease search-index, then ${MEND}`,
  ahead: `was the log restored from an older backup? To have documents of the same time, ${MEND}`,
  index: MEND,
  gap: 'the log cannot be mended: restore a backup, or read the document and write the thing anew',
  log: 'the log cannot be mended: restore a backup',
};

/** What was found, and what to do about it, for the log of the process. */
export function sentenceOf({ kind, repaired }: Finding): string {
  if (repaired === true) return 'what is stored was not what the log says, and was written anew';
  return `what is stored is not what the log says: ${ADVICE[kind]}`;
}
