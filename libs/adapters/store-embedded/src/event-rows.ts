import type { Position, RecordedEvent } from '@gemel/application/ports';
import type { GemelEvent } from '@gemel/model/signals';
import { RowInserts } from '@gemel/sqlite';
import type { Bindable, Database, Row, Statement } from '@gemel/sqlite';
import type { StagedChange } from './group-commit.js';
import { parseEvent } from './state-codec.js';

type Entity = GemelEvent['entity'];

/** A place has so many positions at the most. */
const AT_ONE_PLACE = 256;
/** Positions in the places that may hold events of a thing or policy between two revisions: four parameters. */
const PLACED = `SELECT value FROM event_places AS places, json_each(positions)
  WHERE places.entity = ? AND places.id = ? AND places.revision BETWEEN ? AND ? + ${String(AT_ONE_PLACE - 1)}`;

interface Revisions {
  readonly from: number;
  readonly to: number;
}

/**
 * The log in the store's file, and where in it the events of each thing and policy are. A place is a row for up to 256
 * events that follow each other, written with the row of their state: one for each event would be a page of the file each.
 */
export class EventRows {
  readonly #inserts: RowInserts;
  readonly #place: Statement;
  readonly #placeAgain: Statement;
  readonly #end: Statement;
  readonly #after: Statement;
  readonly #placed: Statement;
  readonly #history: Statement;
  readonly #forget: Statement;
  readonly #forgetPlaces: Statement;
  readonly #changes: Statement;

  constructor(database: Database) {
    this.#inserts = new RowInserts(database, 'INSERT INTO events', ['position', 'entity', 'id', 'revision', 'event']);
    this.#place = database.prepare(
      'INSERT OR REPLACE INTO event_places (entity, id, revision, positions) VALUES (?, ?, ?, ?)',
    );
    this.#placeAgain = database.prepare(
      `INSERT INTO event_places (entity, id, revision, positions) VALUES (?, ?, ?, json_array(CAST(? AS INTEGER)))
        ON CONFLICT DO UPDATE SET positions = CASE WHEN json_valid(positions)
          THEN json_insert(positions, '$[#]', json_extract(excluded.positions, '$[0]')) ELSE excluded.positions END`,
    );
    this.#end = database.prepare('SELECT max(position) AS position FROM events');
    this.#after = database.prepare('SELECT * FROM events WHERE position > ? ORDER BY position LIMIT ?');
    this.#placed = database.prepare(
      // A list is searched as the text that it is: taken apart for each event it would take a hundred times as long.
      `SELECT events.*, EXISTS (SELECT 1 FROM event_places AS places
        WHERE places.entity = events.entity AND places.id = events.id
        AND places.revision BETWEEN events.revision AND events.revision + ${String(AT_ONE_PLACE - 1)}
        AND instr(replace(replace(positions, '[', ','), ']', ','), ',' || position || ',') > 0) AS isPlaced
        FROM events WHERE position > ? ORDER BY position LIMIT ?`,
    );
    this.#history = database.prepare(
      `SELECT position, event FROM events WHERE position IN (${PLACED} UNION ALL SELECT value FROM json_each(?))
        AND entity = ? AND id = ? AND revision BETWEEN ? AND ? ORDER BY revision`,
    );
    // The last position tells where the log goes on after a restart.
    this.#forget = database.prepare(
      `DELETE FROM events WHERE position IN (${PLACED}) AND entity = ? AND id = ? AND revision <= ?
        AND position < (SELECT max(position) FROM events)`,
    );
    this.#forgetPlaces = database.prepare(
      `DELETE FROM event_places WHERE entity = ? AND id = ? AND revision <= ?
        AND NOT EXISTS (SELECT 1 FROM json_each(positions) JOIN events ON events.position = value)`,
    );
    this.#changes = database.prepare('SELECT changes() AS changes');
  }

  /** Of the last event; 0 when there is none. */
  end(): Position {
    return Number(this.#end.get()?.['position'] ?? 0);
  }

  /** Rows of events, in the order of the log. */
  after(position: Position, limit: number): readonly Row[] {
    return this.#after.all(position, limit);
  }

  /** As `after`, each with `isPlaced`: whether a place leads to it (1 or 0). */
  placedAfter(position: Position, limit: number): readonly Row[] {
    return this.#placed.all(position, limit);
  }

  /** In the order of the revisions. @param unplaced positions of events that no place has yet, of whatever revision */
  history(
    entity: Entity,
    id: string,
    { from, to }: Revisions,
    unplaced: readonly Position[],
  ): readonly RecordedEvent[] {
    return this.#history.all(entity, id, from, to, listOf(unplaced), entity, id, from, to).map(parseRecorded);
  }

  /** Inside a transaction; with a place for those whose state is written with them. @param end of the log before them */
  insert(changes: readonly StagedChange[], end: Position): void {
    const values: Bindable[] = [];
    for (const [index, { change, eventText, stateBytes }] of changes.entries()) {
      const { event } = change;
      const position = end + 1 + index;
      values.push(position, event.entity, event.id, event.revision, eventText);
      if (stateBytes !== undefined) this.place(event.entity, event.id, event.revision, [position]);
    }
    this.#inserts.insert(values);
  }

  /** Inside a transaction. @param revision of the last of the events at these positions, which follow each other */
  place(entity: Entity, id: string, revision: number, positions: readonly Position[]): void {
    for (let begin = 0; begin < positions.length; begin += AT_ONE_PLACE) {
      const part = positions.slice(begin, begin + AT_ONE_PLACE);
      this.#place.run(entity, id, revision - positions.length + begin + part.length, listOf(part));
    }
  }

  /** Inside a transaction: a place for an event that none leads to, beside what stands at its revision. */
  placeAgain(entity: Entity, id: string, revision: number, position: Position): void {
    this.#placeAgain.run(entity, id, revision, position);
  }

  /** Inside a transaction: removes events that have places, up to a revision, but not the log's last one. How many it removed. */
  forget(entity: Entity, id: string, revision: number): number {
    this.#forget.run(entity, id, 0, revision, entity, id, revision);
    const count = Number(this.#changes.get()?.['changes'] ?? 0);
    this.#forgetPlaces.run(entity, id, revision);
    return count;
  }
}

/** A row of `events`. */
export function parseRecorded(row: Row): RecordedEvent {
  return { position: Number(row['position']), event: parseEvent(String(row['event'])) };
}

function listOf(positions: readonly Position[]): string {
  return `[${positions.join(',')}]`;
}
