import { namespaceOf } from '@gemel/model/ids';
import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { EventLog, StateStore } from '../ports/index.js';
import { forwardingLog } from '../signals/index.js';
import type { BlockedNamespaces } from './blocked-namespaces.js';

type Blocked = Pick<BlockedNamespaces, 'check' | 'isEmpty'>;

/** A log that takes no change of a blocked namespace: whoever writes is kept out. */
export function gatedLog(log: EventLog, blocked: Blocked): EventLog {
  return {
    ...forwardingLog(log),
    append: async (changes, guard) => {
      for (const { event } of changes) blocked.check(namespaceOf(event.id));
      return log.append(changes, guard);
    },
  };
}

/** States as users may look at them: none of a blocked namespace. Costs nothing while none is blocked. */
export function gatedStates(states: StateStore, blocked: Blocked): StateStore {
  const checked = async <T>(id: ThingId | PolicyId, read: () => Promise<T>): Promise<T> => {
    blocked.check(namespaceOf(id));
    return read();
  };
  return {
    thing: (id) => (blocked.isEmpty ? states.thing(id) : checked(id, () => states.thing(id))),
    policy: (id) => (blocked.isEmpty ? states.policy(id) : checked(id, () => states.policy(id))),
  };
}
