import type { ThingId } from '@gemel/model/ids';
import { evolve } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import { inTransaction } from '@gemel/sqlite';
import type { Database } from '@gemel/sqlite';
import type { EventRows } from './event-rows.js';
import { parseEvent } from './state-codec.js';
import type { WrittenPosition } from './written-position.js';

const PAGE = 1_000;

export interface CatchUpParts {
  readonly database: Database;
  readonly events: EventRows;
  readonly states: {
    thing(id: ThingId): ThingState | undefined;
    /** Inside a transaction. */
    replace(state: ThingState): void;
  };
  readonly written: WrittenPosition;
}

/** Writes the states that a process had in memory only when it was killed, and the places of their events: both follow from the log. */
export function catchUp({ database, events, states, written }: CatchUpParts): void {
  if (written.position === events.end()) return;
  const behind = new Map<string, ThingState>();
  let { position } = written;
  inTransaction(database, () => {
    for (let rows = events.after(position, PAGE); rows.length > 0; rows = events.after(position, PAGE)) {
      for (const row of rows) {
        position = Number(row['position']);
        const event = row['entity'] === 'thing' ? parseEvent(String(row['event'])) : undefined;
        if (event?.entity !== 'thing') continue;
        const before = behind.get(event.id) ?? states.thing(event.id);
        const revision = before?.revision ?? 0;
        if (event.revision <= revision) continue;
        events.place('thing', event.id, event.revision, [position]);
        // One that is missing is told of by the check of documents.
        if (event.revision === revision + 1) behind.set(event.id, evolve(before, event));
      }
    }
    for (const state of behind.values()) states.replace(state);
    written.moveTo(position);
  });
}
