import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { PolicyRights, PolicyState } from '@gemel/model/policies';
import { liveThing } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import type { Change, PolicyChange, PolicyMemory, Premise, StateStore, ThingMemory } from '../ports/index.js';
import type { PendingAppend } from './pending-append.js';
import type { ThingTransition } from './structure.js';

/** What a process remembers, which may be behind. */
export type Memory = Pick<ThingMemory, 'recall'> & Partial<PolicyMemory>;

/** The changes that one commit will hold, and the things' states as they will be after it. */
export class Draft {
  readonly #changes: Change[] = [];
  readonly #states = new Map<ThingId, ThingState>();
  readonly #before = new Map<ThingId, ThingState | undefined>();
  readonly #bases = new Set<PendingAppend>();
  // There is a draft for each change, and few need these.
  #stored: Map<ThingId, ThingState | undefined> | undefined;
  #others: Map<ThingId, Promise<ThingState | undefined>> | undefined;
  #rights: Map<PolicyId, PolicyRights | undefined> | undefined;
  #recalls = false;
  #premise: Premise | undefined;

  constructor(private readonly memory?: Memory) {}

  /** Whether anything was decided on what memory holds, which may be behind. */
  get recalls(): boolean {
    return this.#recalls;
  }

  get changes(): readonly Change[] {
    return this.#changes;
  }

  /** What must be committed first, because the changes were decided on it. */
  get bases(): ReadonlySet<PendingAppend> {
    return this.#bases;
  }

  state(id: ThingId): ThingState | undefined {
    return this.#states.get(id);
  }

  /** @param before the state of the thing that the change was decided on */
  add(change: Change, before?: ThingState): void {
    this.#changes.push(change.entity === 'thing' && this.#premise ? { ...change, premise: this.#premise } : change);
    if (change.entity !== 'thing') return;
    const { id } = change.event;
    if (!this.#states.has(id)) this.#before.set(id, before);
    this.#states.set(id, change.state);
  }

  /** What all of it makes of each thing. */
  transitions(): readonly ThingTransition[] {
    return [...this.#states].map(([thingId, state]) => ({
      thingId,
      before: liveThing(this.#before.get(thingId)),
      after: liveThing(state),
    }));
  }

  buildOn(append: PendingAppend): void {
    this.#bases.add(append);
  }

  /** What is remembered of a policy: the changes then depend on that. Of one policy, for drafts of one command. */
  recallPolicy(id: PolicyId): PolicyState | undefined {
    const remembered = this.#premise === undefined ? this.memory?.recallPolicy?.(id) : undefined;
    if (remembered === undefined) return undefined;
    this.#recalls = true;
    this.#premise = remembered.premise;
    return remembered.state;
  }

  /** A policy that is created with the things, and what the caller may do under it. */
  addPolicy(change: PolicyChange, rights: PolicyRights): void {
    this.#changes.push(change);
    this.#knowRights(change.event.id, rights);
  }

  /** Reads the states of many at once: one after the other each would be a way to the store. */
  async load(ids: readonly ThingId[], states: Pick<StateStore, 'thing'>): Promise<void> {
    const stored = (this.#stored ??= new Map<ThingId, ThingState | undefined>());
    await Promise.all(ids.map(async (id) => stored.set(id, await states.thing(id))));
  }

  /** What is stored of a thing, or remembered. */
  async stored(id: ThingId, states: Pick<StateStore, 'thing'>): Promise<ThingState | undefined> {
    const remembered = this.memory?.recall(id);
    if (remembered !== undefined) this.#recalls = true;
    return remembered ?? this.#loaded(id, states);
  }

  async #loaded(id: ThingId, states: Pick<StateStore, 'thing'>): Promise<ThingState | undefined> {
    return this.#stored?.has(id) === true ? this.#stored.get(id) : states.thing(id);
  }

  /** A thing that changes depend on, as all of them leave it; the store is asked for it once. */
  other(id: ThingId, states: Pick<StateStore, 'thing'>): Promise<ThingState | undefined> {
    const changed = this.#states.get(id);
    if (changed !== undefined) return Promise.resolve(changed);
    const others = (this.#others ??= new Map<ThingId, Promise<ThingState | undefined>>());
    const known = others.get(id) ?? states.thing(id);
    others.set(id, known);
    return known;
  }

  /** What the caller may do under a policy, which is asked for once. */
  async rights(id: PolicyId, load: () => Promise<PolicyRights | undefined>): Promise<PolicyRights | undefined> {
    if (this.#rights?.has(id) === true) return this.#rights.get(id);
    const rights = await load();
    this.#knowRights(id, rights);
    return rights;
  }

  #knowRights(id: PolicyId, rights: PolicyRights | undefined): void {
    (this.#rights ??= new Map<PolicyId, PolicyRights | undefined>()).set(id, rights);
  }
}
