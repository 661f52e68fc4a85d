import type { EventLog } from '../ports/index.js';

/** Asks another log for everything; for those that do one thing differently. */
export function forwardingLog(log: EventLog): EventLog {
  return {
    append: (changes, guard) => log.append(changes, guard),
    ...(log.tooLarge === undefined ? {} : { tooLarge: (changes) => log.tooLarge?.(changes) }),
    guardVersion: (name) => log.guardVersion(name),
    read: (position, limit) => log.read(position, limit),
    end: () => log.end(),
    history: (entity, id, range) => log.history(entity, id, range),
  };
}
