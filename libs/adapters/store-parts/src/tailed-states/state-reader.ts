import type { Position } from '@gemel/application/ports';
import type { GemelEvent } from '@gemel/model/signals';
import { keepState } from '../keep-state.js';
import { StateCache } from '../state-cache.js';
import { BatchedReads } from './batched-reads.js';
import { entityKey } from './entity-keys.js';
import type { Later } from './later.js';
import type { LogTail } from './log-tail.js';
import type { StateDocuments } from './state-documents.js';

export interface StateReaderParts<State extends { readonly revision: number }> {
  readonly entity: GemelEvent['entity'];
  readonly documents: Pick<StateDocuments<State>, 'find'>;
  readonly tail: Pick<LogTail, 'catchUp' | 'floor' | 'revisionOf' | 'eventsAfter'>;
  readonly contentOf: (state: State) => object;
  /** The state after an event of this kind of entity. */
  readonly evolve: (state: State | undefined, event: GemelEvent) => State;
  readonly cacheBytes: number;
  /** @default the timers of Node */
  readonly later?: Later;
}

/** Documents that were asked for while the tail of the log was, and where that began then. */
interface EarlyDocuments<State> {
  readonly floor: Position;
  readonly asked: ReadonlySet<string>;
  readonly states: ReadonlyMap<string, State>;
}

/**
 * States of one kind of entity: what is in memory, or else a document, and what the tail of the log has for it. The log is
 * asked for its tail each time, since another replica may have written; reads of one turn share the question.
 */
export class StateReader<State extends { readonly revision: number }> {
  readonly cache: StateCache<State>;
  readonly #reads: BatchedReads<State>;

  constructor(private readonly parts: StateReaderParts<State>) {
    this.cache = new StateCache(parts.cacheBytes);
    this.#reads = new BatchedReads((ids) => this.readAll(ids), parts.later);
  }

  read(id: string): Promise<State | undefined> {
    return this.#reads.read(id);
  }

  /** Those that there are, by id: one question, shared with what else is asked for in the turn. */
  readMany(ids: readonly string[]): Promise<ReadonlyMap<string, State>> {
    return this.#reads.readMany(ids);
  }

  /** What is in memory, whether it is still the last or not. */
  recall(id: string): State | undefined {
    return this.cache.peek(id) === undefined ? undefined : this.cache.get(id);
  }

  /** What is in memory when nothing later was seen in the log. */
  recallSeen(id: string): State | undefined {
    const state = this.recall(id);
    return state !== undefined && state.revision >= this.#lastOf(id) ? state : undefined;
  }

  /** The last revision that this process has heard of; 0 when of none. */
  knownRevision(id: string): number {
    return Math.max(this.cache.peek(id)?.revision ?? 0, this.parts.tail.revisionOf(this.#keyOf(id)));
  }

  /** Takes over a committed state unless a newer one is known. */
  remember(id: string, state: State): void {
    if ((this.cache.peek(id)?.revision ?? 0) < state.revision) this.#keep(id, state);
  }

  /** Takes what is in memory along to its next event, which is in the log: it need not be read again then. */
  follow(event: GemelEvent): void {
    const before = this.cache.peek(event.id);
    if (before?.revision === event.revision - 1) this.#keep(event.id, this.parts.evolve(before, event));
  }

  /** Gives up what is in memory when it is older. */
  forget(id: string, revision: number): void {
    const state = this.cache.peek(id);
    if (state !== undefined && state.revision < revision) this.cache.drop(id);
  }

  /** The states that there are, by id. @throws StoreUnavailable */
  async readAll(ids: readonly string[]): Promise<ReadonlyMap<string, State>> {
    if (ids.length === 0) return new Map();
    const { tail } = this.parts;
    const { floor } = tail;
    const asked = ids.filter((id) => this.cache.peek(id) === undefined);
    // What documents do not show yet, the tail tells: they need not wait for it.
    const [states] = await Promise.all([this.#documents(asked), tail.catchUp()]);
    return this.#readSeen(ids, { floor, asked: new Set(asked), states });
  }

  /** The same as of when the tail of the log was looked at last. @throws StoreUnavailable */
  readSeen(ids: readonly string[]): Promise<ReadonlyMap<string, State>> {
    return this.#readSeen(ids);
  }

  async #readSeen(ids: readonly string[], early?: EarlyDocuments<State>): Promise<ReadonlyMap<string, State>> {
    const found = new Map<string, State>();
    const others = ids.filter((id) => {
      const state = this.cache.get(id);
      const isLast = state !== undefined && state.revision >= this.#lastOf(id);
      if (isLast) found.set(id, state);
      return !isLast;
    });
    if (others.length > 0) await this.#load(others, found, early);
    return found;
  }

  /** Puts what there is of the ids into `found`. */
  async #load(ids: readonly string[], found: Map<string, State>, early?: EarlyDocuments<State>): Promise<void> {
    for (let known = early; ; known = undefined) {
      const floor = known?.floor ?? this.parts.tail.floor;
      const states = await this.#advanced(ids, await this.#stored(ids, known));
      // What was read may be older than what the tail has forgotten meanwhile.
      if (this.parts.tail.floor !== floor) continue;
      for (const [id, state] of states) {
        this.remember(id, state);
        found.set(id, state);
      }
      return;
    }
  }

  /** What is in memory, or in documents. */
  async #stored(ids: readonly string[], early?: EarlyDocuments<State>): Promise<ReadonlyMap<string, State>> {
    const states = new Map<string, State>();
    const others: string[] = [];
    for (const id of ids) {
      const state = this.cache.peek(id) ?? early?.states.get(id);
      if (state !== undefined) states.set(id, state);
      else if (early?.asked.has(id) !== true) others.push(id);
    }
    for (const [id, state] of await this.#documents(others)) states.set(id, state);
    return states;
  }

  #documents(ids: readonly string[]): Promise<ReadonlyMap<string, State>> {
    return ids.length === 0 ? Promise.resolve(new Map<string, State>()) : this.parts.documents.find(ids);
  }

  /** The states with what the tail of the log has for them. */
  async #advanced(ids: readonly string[], stored: ReadonlyMap<string, State>): Promise<ReadonlyMap<string, State>> {
    const behind = new Map<string, number>();
    for (const id of ids) {
      const revision = stored.get(id)?.revision ?? 0;
      if (revision < this.#lastOf(id)) behind.set(this.#keyOf(id), revision);
    }
    if (behind.size === 0) return stored;
    const states = new Map(stored);
    const missed = await this.parts.tail.eventsAfter(behind);
    for (const event of [...missed.values()].flat())
      states.set(event.id, this.parts.evolve(states.get(event.id), event));
    return states;
  }

  #keep(id: string, state: State): void {
    keepState(this.cache, id, state, this.parts.contentOf);
  }

  #lastOf(id: string): number {
    return this.parts.tail.revisionOf(this.#keyOf(id));
  }

  #keyOf(id: string): string {
    return entityKey({ entity: this.parts.entity, id });
  }
}
