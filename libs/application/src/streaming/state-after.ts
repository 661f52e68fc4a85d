import type { ThingEvent } from '@gemel/model/signals';
import type { ThingState } from '@gemel/model/things';
import type { StateStore, ThingMemory } from '../ports/index.js';

/** Where whoever passes events on finds the things that they are about. */
export interface EventStates {
  readonly states: StateStore;
  /** Asked before the store: what it remembers of a thing need not be the last, only not older than the event. */
  readonly memory?: Pick<ThingMemory, 'recall'> | undefined;
}

/** The thing as the event, or a later one, has left it. Who asks for its policy afterwards shows nothing that was hidden by then. */
export function stateAfter(
  { id, revision }: ThingEvent,
  { states, memory }: EventStates,
): ThingState | undefined | Promise<ThingState | undefined> {
  const remembered = memory?.recall(id);
  return remembered !== undefined && remembered.revision >= revision ? remembered : states.thing(id);
}
