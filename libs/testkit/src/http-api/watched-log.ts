import type { EventFeed, EventLog, RecordedEvent, Subscription } from '@gemel/application/ports';
import { forwardingLog } from '@gemel/application/signals';

/** Events told at once, at most. */
const PAGE = 1_000;

/** A log, and whoever watches what is appended to it: each event is told once, in the order of the log, soon after its append. */
export function watchedLog(log: EventLog): EventLog & Pick<EventFeed, 'watch'> {
  const listeners = new Set<(recorded: RecordedEvent) => void>();
  let told = 0;
  let telling: Promise<void> = Promise.resolve();
  const tell = async (): Promise<void> => {
    for (let isFull = true; isFull;) {
      const events = await log.read(told, PAGE);
      isFull = events.length === PAGE;
      for (const recorded of events) {
        told = recorded.position;
        for (const listener of listeners) listener(recorded);
      }
    }
  };
  return {
    ...forwardingLog(log),
    append: async (changes, guard) => {
      await log.append(changes, guard);
      telling = telling.then(tell);
      await telling;
    },
    watch: (listener): Subscription => {
      listeners.add(listener);
      return {
        stop: async () => {
          listeners.delete(listener);
        },
      };
    },
  };
}
