import { RevisionConflict } from '../ports/index.js';

/** Losing this often to writers elsewhere means that something is wrong. */
const MOST_ATTEMPTS = 20;

/**
 * Changes what is there, and when another writer was first, decides again on what is there then.
 * @param change reads, decides and commits; has done nothing when it rejects with a RevisionConflict
 * @param onLost before each further attempt
 * @throws RevisionConflict after 20 attempts, and what `change` throws
 */
export function untilFirst<T>(change: () => Promise<T>, onLost?: () => void): Promise<T> {
  return attempt(change, onLost, 1);
}

function attempt<T>(change: () => Promise<T>, onLost: (() => void) | undefined, count: number): Promise<T> {
  return change().catch((error: unknown) => {
    if (!(error instanceof RevisionConflict) || count === MOST_ATTEMPTS) throw error;
    onLost?.();
    return attempt(change, onLost, count + 1);
  });
}
