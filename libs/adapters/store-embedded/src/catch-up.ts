import type { ThingId } from '@gemel/model/ids';
import { evolve } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import { inTransaction } from '@gemel/sqlite';
import type { Database } from '@gemel/sqlite';
import { parseEvent } from './state-codec.js';
import type { WrittenPosition } from './written-position.js';

const PAGE = 1_000;

interface Rows {
  thing(id: ThingId): ThingState | undefined;
  /** Inside a transaction. */
  replace(state: ThingState): void;
}

/** Writes the states that a process had in memory only when it was killed: they follow from the log. */
export function catchUp(database: Database, states: Rows, written: WrittenPosition): void {
  const select = database.prepare(
    'SELECT position, entity, event FROM events WHERE position > ? ORDER BY position LIMIT ?',
  );
  const behind = new Map<string, ThingState>();
  let { position } = written;
  for (let rows = select.all(position, PAGE); rows.length > 0; rows = select.all(position, PAGE)) {
    for (const row of rows) {
      position = Number(row['position']);
      const event = row['entity'] === 'thing' ? parseEvent(String(row['event'])) : undefined;
      if (event?.entity !== 'thing') continue;
      const before = behind.get(event.id) ?? states.thing(event.id);
      // Others are in the row already; one that is missing is told of by the check of documents.
      if (event.revision === (before?.revision ?? 0) + 1) behind.set(event.id, evolve(before, event));
    }
  }
  if (position === written.position) return;
  inTransaction(database, () => {
    for (const state of behind.values()) states.replace(state);
    written.moveTo(position);
  });
}
