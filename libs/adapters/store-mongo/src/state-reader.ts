import { StateCache, estimateBytes } from '@gemel/store-parts';
import { BatchedReads } from './batched-reads.js';
import type { Collections, StateDocument } from './collections.js';
import type { Questions } from './questions.js';

export interface StateReaderParts<State> {
  /** Asked for anew for each question. */
  readonly collection: () => Collections['things'];
  readonly questions: Questions;
  readonly parse: (document: StateDocument) => State;
  readonly cacheBytes: number;
}

/**
 * States of one kind of entity. What is in memory counts only after the server has said that its revision is still the
 * last: another replica may have written. Reads of one turn share the question.
 */
export class StateReader<State extends { readonly revision: number }> {
  readonly cache: StateCache<State>;
  readonly #reads: BatchedReads<State>;

  constructor(private readonly parts: StateReaderParts<State>) {
    this.cache = new StateCache(parts.cacheBytes);
    this.#reads = new BatchedReads((ids) => this.readAll(ids));
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

  /** The revision in memory, at most the last one; undefined when nothing is in memory. */
  knownRevision(id: string): number | undefined {
    return this.cache.peek(id)?.revision;
  }

  /** Takes over a committed state unless a newer one is known. */
  remember(id: string, state: State, contentLength: number): void {
    if ((this.knownRevision(id) ?? 0) < state.revision) this.cache.set(id, state, contentLength);
  }

  /** The states that there are, by id. @throws StoreUnavailable */
  async readAll(ids: readonly string[]): Promise<ReadonlyMap<string, State>> {
    const found = new Map<string, State>();
    const known = ids.filter((id) => this.cache.peek(id) !== undefined);
    const unknown = known.length === ids.length ? [] : ids.filter((id) => this.cache.peek(id) === undefined);
    const [changed] = await Promise.all([this.#confirm(known, found), this.#fetch(unknown, found)]);
    await this.#fetch(changed, found);
    return found;
  }

  /** Puts what is still right into `found` and answers the ids of the others. */
  async #confirm(ids: readonly string[], found: Map<string, State>): Promise<readonly string[]> {
    if (ids.length === 0) return [];
    const projection = { revision: 1 } as const;
    const rows = await this.parts.questions.asking(() =>
      this.parts
        .collection()
        .find({ _id: { $in: [...ids] } }, { projection })
        .toArray(),
    );
    const revisions = new Map(rows.map(({ _id, revision }) => [_id, revision]));
    return ids.filter((id) => {
      const state = this.cache.get(id);
      // The state in memory may be ahead of its document: committed, and about to be written.
      const isLast = state !== undefined && state.revision >= (revisions.get(id) ?? 0);
      if (isLast) found.set(id, state);
      return !isLast;
    });
  }

  async #fetch(ids: readonly string[], found: Map<string, State>): Promise<void> {
    if (ids.length === 0) return;
    const documents = await this.parts.questions.asking(() =>
      this.parts
        .collection()
        .find({ _id: { $in: [...ids] } })
        .toArray(),
    );
    for (const document of documents) found.set(document._id, this.take(document));
  }

  /** The state of a document that was just read, or a newer one that is known. */
  take(document: StateDocument): State {
    const known = this.cache.peek(document._id);
    if (known !== undefined && known.revision >= document.revision) return known;
    const state = this.parts.parse(document);
    this.cache.set(document._id, state, estimateBytes(document.content));
    return state;
  }
}
