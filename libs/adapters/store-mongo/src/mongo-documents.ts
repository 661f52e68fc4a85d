import type {
  BaseState,
  Position,
  StoredDocuments,
  StoredEntity,
  StoredLogPage,
  StoredPlaces,
} from '@gemel/application/ports';
import { isJsonObject } from '@gemel/model/json';
import type { JsonValue } from '@gemel/model/json';
import type { GemelEvent } from '@gemel/model/signals';
import { liveThing, storedContent } from '@gemel/model/things';
import { eventKey, parseStored } from '@gemel/store-parts';
import type { Collections, CommitDocument, PolicyDocument, SearchDocument } from './collections.js';
import { duplicatesOf } from './faults.js';
import { policyFields } from './mongo-directory.js';
import type { Questions } from './questions.js';
import { keysOfThing, partKey, partsOf, thingIdOfPart } from './search-parts.js';
import { parseEvent, stateFields } from './state-codec.js';

/** Things whose keys are asked for at once: each has a document for each of its parts. */
const PORTION = 50;

export interface MongoDocumentsParts {
  readonly collections: Pick<Collections, 'commits' | 'things' | 'policies' | 'search'>;
  readonly questions: Questions;
  /** Up to where the projection has seen the log. */
  readonly written: () => Promise<Position>;
}

/** Documents as they stand in the database. */
export class MongoDocuments implements StoredDocuments {
  constructor(private readonly parts: MongoDocumentsParts) {}

  written(): Promise<Position> {
    return this.parts.written();
  }

  async ids(entity: GemelEvent['entity'], after: string, limit: number): Promise<readonly string[]> {
    const options = { projection: { _id: 1 }, sort: { _id: 1 }, limit } as const;
    const rows = await this.#ask(() =>
      this.#states(entity)
        .find({ _id: { $gt: after } }, options)
        .toArray(),
    );
    return rows.map(({ _id }) => _id);
  }

  async look(entity: GemelEvent['entity'], ids: readonly string[]): Promise<ReadonlyMap<string, StoredEntity>> {
    const found = new Map<string, StoredEntity>();
    for (let from = 0; from < ids.length; from += PORTION) {
      const portion = ids.slice(from, from + PORTION);
      const documents = await this.#documents(entity, portion);
      const places = entity === 'thing' ? await this.#keys(portion) : policyPlaces(documents);
      // Keys follow their thing's document: while that is the same, they are of it or of what was before.
      const after = new Map((await this.#documents(entity, portion)).map(({ _id, revision }) => [_id, revision]));
      for (const document of documents) {
        const { _id: id, revision } = document;
        if (after.get(id) !== revision) continue;
        found.set(id, { id, state: storedState(document), places: places.get(id) ?? new Map<string, JsonValue>() });
      }
    }
    return found;
  }

  async missing(entity: GemelEvent['entity'], ids: readonly string[]): Promise<readonly string[]> {
    if (ids.length === 0) return [];
    const options = { projection: { _id: 1 } } as const;
    const rows = await this.#ask(() =>
      this.#states(entity)
        .find({ _id: { $in: [...ids] } }, options)
        .toArray(),
    );
    const there = new Set(rows.map(({ _id }) => _id));
    return ids.filter((id) => !there.has(id));
  }

  placesOf(base: BaseState): StoredPlaces {
    if (base.entity === 'policy') return policyPlacesOf(policyFields(base.state));
    const thing = liveThing(base.state);
    if (thing === undefined) return new Map();
    return new Map([...partsOf(thing)].map(([part, keys]) => [part, keys().toSorted()]));
  }

  async logPage(after: Position, limit: number): Promise<StoredLogPage> {
    const written = await this.written();
    const options = { sort: { _id: 1 }, limit } as const;
    const commits = await this.#ask(() =>
      this.parts.collections.commits.find({ _id: { $gt: after } }, options).toArray(),
    );
    const events: StoredLogPage['events'][number][] = [];
    const faults: StoredLogPage['faults'][number][] = [];
    let before = after;
    for (const commit of commits) {
      const position = commit._id;
      for (const detail of placeFaults(commit, before, written)) faults.push({ position, detail });
      const read = readCommit(commit);
      for (const detail of read.faults) faults.push({ position, detail });
      events.push(...read.events);
      before = position;
    }
    return { events, faults, next: commits.length < limit ? undefined : before };
  }

  async rewrite(base: BaseState, over: number): Promise<void> {
    const { id: _id, state } = base;
    const fields =
      base.entity === 'thing'
        ? stateFields(base.state, storedContent(base.state))
        : { ...stateFields(base.state, base.state.policy), ...policyFields(base.state) };
    const isWritten = await this.parts.questions.repeating(async () => {
      try {
        const filter = { _id, revision: over };
        const states = this.#states(base.entity);
        const result = await states.updateOne(filter, { $set: fields }, { upsert: over === 0 });
        return result.matchedCount + result.upsertedCount > 0;
      } catch (error) {
        // Somebody else has written it meanwhile.
        duplicatesOf(error);
        return false;
      }
    });
    if (isWritten && base.entity === 'thing') await this.#rewriteKeys(base, Math.max(over, state.revision));
  }

  /** Replaces keys that were made from a state up to a revision. */
  async #rewriteKeys(base: Extract<BaseState, { readonly entity: 'thing' }>, upTo: number): Promise<void> {
    const { id, state } = base;
    const { revision } = state;
    const thing = liveThing(state);
    const there = thing === undefined ? [] : [...partsOf(thing)];
    const older = { revision: { $lte: upTo } };
    const kept = there.map(([part]) => partKey(id, part));
    const writes = [
      { deleteMany: { filter: { _id: { ...keysOfThing(id), $nin: kept }, ...older } } },
      ...there.map(([part, keys]) => {
        const filter = { _id: partKey(id, part), ...older };
        return { updateOne: { filter, update: { $set: { revision, keys: keys() } }, upsert: true } };
      }),
    ];
    await this.parts.questions.repeating(async () => {
      try {
        await this.parts.collections.search.bulkWrite(writes, { ordered: false });
      } catch (error) {
        // What is newer is there already.
        duplicatesOf(error);
      }
    });
  }

  #documents(entity: GemelEvent['entity'], ids: readonly string[]): Promise<readonly PolicyDocument[]> {
    return this.#ask(() =>
      this.#states(entity)
        .find({ _id: { $in: [...ids] } })
        .toArray(),
    );
  }

  /** Of the parts of things, by thing and part; and of those in between. @param ids in the order of the database */
  async #keys(ids: readonly string[]): Promise<ReadonlyMap<string, StoredPlaces>> {
    const [first, last] = [ids[0], ids.at(-1)];
    if (first === undefined || last === undefined) return new Map();
    // One range: those of a page stand together, and FerretDB looks through everything for several ranges.
    const range = { $gte: keysOfThing(first).$gte, $lt: keysOfThing(last).$lt };
    const rows: readonly SearchDocument[] = await this.#ask(() =>
      this.parts.collections.search.find({ _id: range }).toArray(),
    );
    const places = new Map<string, Map<string, JsonValue>>();
    for (const { _id, keys } of rows) {
      const id = thingIdOfPart(_id);
      const ofThing = places.get(id) ?? new Map<string, JsonValue>();
      places.set(id, ofThing.set(_id.slice(partKey(id, '').length), [...keys].toSorted()));
    }
    return places;
  }

  #states(entity: GemelEvent['entity']): Collections['policies'] {
    return entity === 'thing' ? this.parts.collections.things : this.parts.collections.policies;
  }

  #ask<T>(question: () => Promise<T>): Promise<T> {
    return this.parts.questions.asking(question);
  }
}

function storedState({ revision, created, modified, deleted, content }: PolicyDocument): StoredEntity['state'] {
  return { revision, created, modified, deleted, content: parseStored(content) };
}

function policyPlaces(documents: readonly PolicyDocument[]): ReadonlyMap<string, StoredPlaces> {
  return new Map(documents.map((document) => [document._id, policyPlacesOf(document)]));
}

function policyPlacesOf({ subjects, imports, named, due }: Partial<PolicyDocument>): StoredPlaces {
  const places = new Map<string, JsonValue>();
  if (subjects !== undefined) places.set('subjects', [...subjects]);
  if (imports !== undefined) places.set('imports', [...imports]);
  if (named !== undefined) places.set('named', named);
  if (due !== undefined) places.set('due', due);
  return places;
}

/** Positions that another commit has, or none. Behind the projection gaps may still be closed. */
function placeFaults({ _id, first }: CommitDocument, before: Position, written: Position): readonly string[] {
  if (first <= before) return [`positions ${String(first)} to ${String(Math.min(before, _id))} are taken twice`];
  const isGap = first > before + 1 && _id <= written;
  return isGap ? [`positions ${String(before + 1)} to ${String(first - 1)} are taken by nobody`] : [];
}

function readCommit({ _id, first, keys, events }: CommitDocument) {
  const faults: string[] = [];
  const found: StoredLogPage['events'][number][] = [];
  const expected = new Set<string>();
  if (events.length > 0 && first + events.length - 1 !== _id)
    faults.push('it has another number of events than positions');
  for (const [index, text] of events.entries()) {
    if (text === '') continue;
    const position = first + index;
    const event = eventIn(text);
    if (event === undefined) {
      faults.push(`the event at ${String(position)} cannot be read`);
      continue;
    }
    expected.add(eventKey(event.entity, event.id, event.revision));
    found.push({ position, entity: event.entity, id: event.id });
  }
  const own = keys.filter((key) => key.startsWith('thing/') || key.startsWith('policy/'));
  if (own.length !== expected.size || own.some((key) => !expected.has(key))) {
    faults.push('its keys are not those of its events');
  }
  return { events: found, faults };
}

function eventIn(text: string): Pick<GemelEvent, 'entity' | 'id' | 'revision'> | undefined {
  const event = parseStored(text);
  if (!isJsonObject(event)) return undefined;
  const { entity, id, revision } = event;
  const isEvent = (entity === 'thing' || entity === 'policy') && typeof id === 'string' && typeof revision === 'number';
  return isEvent ? parseEvent(text) : undefined;
}
