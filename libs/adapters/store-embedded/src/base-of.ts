import type { BaseState, Change } from '@gemel/application/ports';

/** The state that a change leads to. */
export function baseOf(change: Change): BaseState {
  return change.entity === 'thing'
    ? { entity: 'thing', id: change.event.id, state: change.state }
    : { entity: 'policy', id: change.event.id, state: change.state };
}
