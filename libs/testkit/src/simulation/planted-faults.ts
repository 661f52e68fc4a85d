import type { HeldLease } from '@gemel/application/leases';
import type { EventBus, EventLog } from '@gemel/application/ports';
import type { PlantedFault } from './scenario.js';
import type { SimulatedStates, SystemUnderTest } from './system-under-test.js';

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
    case 'stale-memory':
    case undefined:
      return log;
  }
}

/** A lease that its holder never looks at again, when that is the bug. */
export function plantInLease(planted: PlantedFault | undefined, lease: HeldLease): HeldLease {
  if (planted !== 'lease-without-fencing') return lease;
  return { name: lease.name, token: lease.token, isHeld: () => true };
}

/**
 * Memory that keeps states older than what the tail of the log has forgotten, as long as the tail has something later: a read
 * then takes them along without what is between.
 */
export function plantInStates(
  planted: PlantedFault | undefined,
  { tail, things, policies }: SimulatedStates,
  eventKey: SystemUnderTest['eventKey'],
): void {
  if (planted !== 'stale-memory') return;
  for (const [entity, { reader }] of [['thing', things] as const, ['policy', policies] as const]) {
    const forget = reader.forget.bind(reader);
    reader.forget = (id, revision) => {
      const [key = ''] = eventKey(entity, id, revision).split(/\/\d+$/);
      if (tail.revisionOf(key) === 0) forget(id, revision);
    };
  }
}
