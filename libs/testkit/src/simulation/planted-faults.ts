import type { HeldLease } from '@gemel/application/leases';
import type { EventBus, EventLog } from '@gemel/application/ports';
import type { PlantedFault } from './scenario.js';

/** The log as a replica uses it, with the bug built in. */
export function plantInLog(
  planted: PlantedFault | undefined,
  log: EventLog,
  { bus, endOfLog }: { readonly bus: EventBus; readonly endOfLog: () => number },
): EventLog {
  const others = {
    guardVersion: log.guardVersion.bind(log),
    read: log.read.bind(log),
    end: log.end.bind(log),
    history: log.history.bind(log),
  };
  switch (planted) {
    case 'answer-before-commit':
      return {
        ...others,
        append: (changes, guard) => {
          log.append(changes, guard).catch(() => undefined);
          return Promise.resolve();
        },
      };
    case 'publish-before-commit':
      return {
        ...others,
        append: async (changes, guard) => {
          const end = endOfLog();
          await bus.publish(changes.map(({ event }, index) => ({ position: end + index + 1, event })));
          await log.append(changes, guard);
        },
      };
    case 'lease-without-fencing':
    case 'unchecked-parents':
    case undefined:
      return log;
  }
}

/** A lease that its holder never looks at again, when that is the bug. */
export function plantInLease(planted: PlantedFault | undefined, lease: HeldLease): HeldLease {
  if (planted !== 'lease-without-fencing') return lease;
  return { name: lease.name, token: lease.token, isHeld: () => true };
}
