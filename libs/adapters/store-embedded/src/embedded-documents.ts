import type {
  BaseState,
  Position,
  StoredDocuments,
  StoredEntity,
  StoredLogFault,
  StoredLogPage,
  StoredPlaces,
} from '@gemel/application/ports';
import { isJsonObject } from '@gemel/model/json';
import type { JsonValue } from '@gemel/model/json';
import { dueAt, livePolicy, namesIn } from '@gemel/model/policies';
import type { GemelEvent } from '@gemel/model/signals';
import { inTransaction } from '@gemel/sqlite';
import type { Database, Row, Statement } from '@gemel/sqlite';
import { parseStored } from '@gemel/store-parts';
import { accessing } from './accessing.js';
import type { EmbeddedDirectory } from './embedded-directory.js';
import type { EventRows } from './event-rows.js';
import type { States } from './states.js';

type Entity = GemelEvent['entity'];

const TABLES = { thing: 'things', policy: 'policies' } as const;

export interface EmbeddedDocumentsParts {
  readonly database: Database;
  readonly events: Pick<EventRows, 'placedAfter' | 'end' | 'placeAgain'>;
  readonly states: Pick<States, 'rewrite' | 'wroteNow' | 'writtenUpTo'>;
  readonly directory: Pick<EmbeddedDirectory, 'rewrite'>;
  /** A thing is another one than before. */
  readonly changed: (id: string) => void;
}

/** Rows as they stand in the store's file. What things are found by is in memory only. */
export class EmbeddedDocuments implements StoredDocuments {
  readonly #ids: Readonly<Record<Entity, Statement>>;
  readonly #rows: Readonly<Record<Entity, Statement>>;
  readonly #names: Statement;
  readonly #due: Statement;
  readonly #noted: Statement;

  constructor(private readonly parts: EmbeddedDocumentsParts) {
    const { database } = parts;
    const ofBoth = (sql: (table: string) => string) => ({
      thing: database.prepare(sql(TABLES.thing)),
      policy: database.prepare(sql(TABLES.policy)),
    });
    this.#ids = ofBoth((table) => `SELECT id FROM ${table} WHERE id > ? ORDER BY id LIMIT ?`);
    this.#rows = ofBoth((table) => `SELECT * FROM ${table} WHERE id = ?`);
    this.#names = database.prepare('SELECT kind, name FROM policy_names WHERE id = ? ORDER BY kind, name');
    this.#due = database.prepare('SELECT due FROM policy_due WHERE id = ?');
    this.#noted = database.prepare('SELECT revision FROM policy_revisions WHERE id = ?');
  }

  async written(): Promise<Position> {
    const { events, states } = this.parts;
    return states.writtenUpTo(accessing(() => events.end()));
  }

  async ids(entity: Entity, after: string, limit: number): Promise<readonly string[]> {
    return accessing(() => this.#ids[entity].all(after, limit)).map((row) => String(row['id']));
  }

  async look(entity: Entity, ids: readonly string[]): Promise<ReadonlyMap<string, StoredEntity>> {
    const found = new Map<string, StoredEntity>();
    for (const id of ids) {
      const row = accessing(() => this.#rows[entity].get(id));
      if (row === undefined) continue;
      const places = entity === 'policy' ? this.#policyPlaces(id) : new Map<string, JsonValue>();
      found.set(id, { id, state: storedState(row), places });
    }
    return found;
  }

  async missing(entity: Entity, ids: readonly string[]): Promise<readonly string[]> {
    return ids.filter((id) => accessing(() => this.#rows[entity].get(id)) === undefined);
  }

  placesOf(base: BaseState): StoredPlaces {
    if (base.entity === 'thing') return new Map();
    const policy = livePolicy(base.state);
    const { subjects, imports } = policy === undefined ? { subjects: [], imports: [] } : namesIn(policy);
    const due = policy === undefined ? undefined : dueAt(policy);
    return policyPlaces(subjects, imports, due, base.state.revision);
  }

  async logPage(after: Position, limit: number): Promise<StoredLogPage> {
    const written = await this.written();
    const rows = accessing(() => this.parts.events.placedAfter(after, limit));
    const events = rows.map((row) => ({ ...keyOf(row), position: Number(row['position']) }));
    const faults = rows.flatMap((row) => this.#eventFault(row, written) ?? []);
    return { events, faults, next: rows.length < limit ? undefined : events.at(-1)?.position };
  }

  async rewrite(base: BaseState, over: number): Promise<void> {
    const { database, states, directory, changed } = this.parts;
    const isWritten = accessing(() =>
      inTransaction(database, () => {
        const row = this.#rows[base.entity].get(base.id);
        if (Number(row?.['revision'] ?? 0) !== over) return false;
        if (!states.rewrite(base)) return false;
        if (base.entity === 'policy') directory.rewrite(base.id, base.state);
        return true;
      }),
    );
    if (!isWritten || base.entity !== 'thing') return;
    states.wroteNow(base.id);
    changed(base.id);
  }

  #eventFault(row: Row, written: Position): StoredLogFault | undefined {
    const position = Number(row['position']);
    const event = parseStored(String(row['event']));
    if (!isJsonObject(event)) return { position, detail: 'the event cannot be read' };
    const isSame = (['entity', 'id', 'revision'] as const).every((name) => event[name] === row[name]);
    if (!isSame) return { position, detail: 'the event stands under the key of another' };
    if (row['isPlaced'] === 1 || position > written) return undefined;
    return { position, detail: 'the event is not found by what it is of', mend: () => this.#placeAgain(row) };
  }

  async #placeAgain(row: Row): Promise<void> {
    const { database, events } = this.parts;
    const { entity, id } = keyOf(row);
    accessing(() =>
      inTransaction(database, () => events.placeAgain(entity, id, Number(row['revision']), Number(row['position']))),
    );
  }

  #policyPlaces(id: string): StoredPlaces {
    const names = accessing(() => this.#names.all(id));
    const ofKind = (kind: string) => names.filter((row) => row['kind'] === kind).map((row) => String(row['name']));
    const due = accessing(() => this.#due.get(id))?.['due'];
    const noted = accessing(() => this.#noted.get(id))?.['revision'];
    return policyPlaces(
      ofKind('subject'),
      ofKind('import'),
      due === undefined ? undefined : Number(due),
      Number(noted ?? 0),
    );
  }
}

function policyPlaces(
  subjects: readonly string[],
  imports: readonly string[],
  due: number | undefined,
  revision: number,
): StoredPlaces {
  return new Map<string, JsonValue>([
    ['subjects', [...new Set(subjects)].toSorted()],
    ['imports', [...new Set(imports)].toSorted()],
    ['due', due ?? null],
    ['revision', revision],
  ]);
}

function storedState(row: Row): StoredEntity['state'] {
  return {
    revision: Number(row['revision']),
    created: Number(row['created']),
    modified: Number(row['modified']),
    deleted: row['deleted'] === 1,
    content: parseStored(String(row['content'])),
  };
}

function keyOf(row: Row): { readonly entity: Entity; readonly id: string } {
  return { entity: row['entity'] === 'policy' ? 'policy' : 'thing', id: String(row['id']) };
}
