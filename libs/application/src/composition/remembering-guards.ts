import { GuardConflict } from '../ports/index.js';
import type { EventLog } from '../ports/index.js';
import { forwardingLog } from '../signals/index.js';

/** Times that the log is asked after another process was first: it may be about to be so again. */
const WARY_TIMES = 100;

/**
 * A log that knows the version of a guard after a commit of this process, so that the next change need not ask for it: what
 * is read afterwards shows that commit, and when another process has committed since, the change is refused and planned again.
 */
export function rememberingGuards(log: EventLog): EventLog {
  const versions = new Map<string, number>();
  let wary = 0;
  return {
    ...forwardingLog(log),
    append: async (changes, guard) => {
      if (guard === undefined) return log.append(changes);
      versions.delete(guard.name);
      try {
        await log.append(changes, guard);
      } catch (error) {
        if (error instanceof GuardConflict) wary = WARY_TIMES;
        throw error;
      }
      versions.set(guard.name, guard.version + 1);
    },
    guardVersion: (name) => {
      const known = wary === 0 ? versions.get(name) : undefined;
      wary = Math.max(0, wary - 1);
      return known === undefined ? log.guardVersion(name) : Promise.resolve(known);
    },
  };
}
