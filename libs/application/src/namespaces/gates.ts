import { namespaceOf } from '@gemel/model/ids';
import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { Awaitable, EventLog, StateStore } from '../ports/index.js';
import { forwardingLog } from '../signals/index.js';
import type { BlockedNamespaces } from './blocked-namespaces.js';

type Blocked = Pick<BlockedNamespaces, 'check' | 'isEmpty'>;

/** A log that takes no change of a blocked namespace: whoever writes is kept out. Costs nothing while none is blocked. */
export function gatedLog(log: EventLog, blocked: Blocked): EventLog {
  const checked: EventLog['append'] = async (changes, guard) => {
    for (const { event } of changes) blocked.check(namespaceOf(event.id));
    return log.append(changes, guard);
  };
  return {
    ...forwardingLog(log),
    append: (changes, guard) => (blocked.isEmpty ? log.append(changes, guard) : checked(changes, guard)),
  };
}

/** States as users may look at them: none of a blocked namespace. Costs nothing while none is blocked. */
export function gatedStates(states: StateStore, blocked: Blocked): StateStore {
  const checked = async <T>(id: ThingId | PolicyId, read: () => Awaitable<T>): Promise<T> => {
    blocked.check(namespaceOf(id));
    return read();
  };
  return {
    thing: (id) => (blocked.isEmpty ? states.thing(id) : checked(id, () => states.thing(id))),
    policy: (id) => (blocked.isEmpty ? states.policy(id) : checked(id, () => states.policy(id))),
  };
}
