import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@gemel/application/ports';
import type { GemelEvent } from '@gemel/model/signals';
import { estimateBytes } from '@gemel/store-parts';
import type { Collections, StateDocument } from './collections.js';
import type { CommitLog } from './commit-log.js';
import { duplicatesOf } from './faults.js';
import type { Questions } from './questions.js';
import { stateFields } from './state-codec.js';
import { StateReader } from './state-reader.js';
import { WrittenRevisions } from './written-revisions.js';

/** After these pauses a state that is still behind the log is taken for left behind, and repaired. */
const SETTLE_PAUSES_MS = [5, 20, 75, 150, 250];

/** Revisions from one estimate of a state's size in memory to the next; making the text alone costs more than the change. */
const ESTIMATED_EVERY = 16;

interface AnyState {
  readonly revision: number;
  readonly created: number;
  readonly modified: number;
  readonly deleted: boolean;
}

export interface EntityStatesParts<State> {
  readonly entity: GemelEvent['entity'];
  /** Asked for anew for each question. */
  readonly collection: () => Collections['things'];
  readonly questions: Questions;
  readonly cacheBytes: number;
  readonly contentOf: (state: State) => object;
  /** What the document can be found by, besides. */
  readonly fieldsOf?: (state: State) => object;
  readonly parse: (document: StateDocument) => State;
  /** The state after an event of this kind of entity. */
  readonly evolve: (state: State | undefined, event: GemelEvent) => State;
  readonly commits: Pick<CommitLog, 'history'>;
  readonly log: Logger;
}

/** The current states of one kind of entity: a document each, which follows the log and never goes back. */
export class EntityStates<State extends AnyState> {
  readonly reader: StateReader<State>;
  readonly #written = new WrittenRevisions();

  constructor(private readonly parts: EntityStatesParts<State>) {
    this.reader = new StateReader(parts);
  }

  /** Writes committed states, the last one of each entity. @throws StoreUnavailable */
  async write(states: ReadonlyMap<string, State>): Promise<void> {
    if (states.size === 0) return;
    // In one order everywhere, so that two replicas do not wait for each other.
    const inOrder = [...states].sort(([a], [b]) => (a < b ? -1 : 1));
    const writes = inOrder.map(([_id, state]) => {
      const fields = { ...stateFields(state, this.parts.contentOf(state)), ...this.parts.fieldsOf?.(state) };
      this.reader.remember(
        _id,
        state,
        this.#bytesOf(_id, state, () => fields.content),
      );
      const filter = { _id, revision: { $lt: state.revision } };
      return { updateOne: { filter, update: { $set: fields }, upsert: true } };
    });
    await this.parts.questions.repeating(async () => {
      try {
        await this.parts.collection().bulkWrite(writes, { ordered: false });
      } catch (error) {
        // A newer state is there already; inserting was only tried because it did not match.
        duplicatesOf(error);
      }
    });
    for (const [id, { revision }] of states) this.#written.note(id, revision);
  }

  /** Takes what is in memory along to its next event, which is in the log: it need not be read again then. */
  follow(event: GemelEvent): void {
    const { cache } = this.reader;
    const before = cache.peek(event.id);
    if (before?.revision !== event.revision - 1) return;
    const after = this.parts.evolve(before, event);
    cache.set(
      event.id,
      after,
      this.#bytesOf(event.id, after, () => JSON.stringify(this.parts.contentOf(after))),
    );
  }

  /** From one revision to the next a size changes little: it is estimated anew now and then. */
  #bytesOf(id: string, { revision }: State, text: () => string): number {
    const known = revision % ESTIMATED_EVERY === 0 ? undefined : this.reader.cache.bytesOf(id);
    return known ?? estimateBytes(text());
  }

  /** Brings states up to what the log says now; answers their revisions. @throws StoreUnavailable */
  async repair(ids: readonly string[]): Promise<void> {
    const before = await this.reader.readAll(ids);
    const repaired = new Map<string, State>();
    for (const id of ids) {
      let state = before.get(id);
      const range = { from: (state?.revision ?? 0) + 1, to: Number.MAX_SAFE_INTEGER };
      for (const { event } of await this.parts.commits.history(this.parts.entity, id, range)) {
        state = this.parts.evolve(state, event);
        repaired.set(id, state);
      }
    }
    await this.write(repaired);
  }

  /** Resolves when the states are at least at these revisions of the log; those left behind by a writer are repaired. */
  async settle(revisions: ReadonlyMap<string, number>): Promise<void> {
    let behind = await this.#behind([...revisions.keys()], revisions);
    for (const ms of SETTLE_PAUSES_MS) {
      if (behind.length === 0) return;
      await pause(ms);
      behind = await this.#behind(behind, revisions);
    }
    if (behind.length === 0) return;
    this.parts.log.warn({ ids: behind.slice(0, 10), count: behind.length }, 'repairs states that a writer left behind');
    await this.repair(behind);
  }

  /** Asks only for states that this process has not written itself. */
  async #behind(ids: readonly string[], revisions: ReadonlyMap<string, number>): Promise<readonly string[]> {
    const unsure = ids.filter((id) => this.#written.of(id) < (revisions.get(id) ?? 0));
    if (unsure.length === 0) return [];
    const filter = { _id: { $in: unsure } };
    const projection = { revision: 1 } as const;
    const rows = await this.parts.questions.asking(() =>
      this.parts.collection().find(filter, { projection }).toArray(),
    );
    const stored = new Map(rows.map(({ _id, revision }) => [_id, revision]));
    return unsure.filter((id) => (stored.get(id) ?? 0) < (revisions.get(id) ?? 0));
  }
}
