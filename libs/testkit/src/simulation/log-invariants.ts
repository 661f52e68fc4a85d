import type { Change } from '@gemel/application/ports';
import { headerText } from '@gemel/model/headers';
import { valueAt } from '@gemel/model/json';
import { evolvePolicy } from '@gemel/model/policies';
import type { PolicyState } from '@gemel/model/policies';
import { evolve } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import { keyOf } from './shared-store.js';
import type { Commit, SharedStore } from './shared-store.js';
import type { VirtualWorld } from './virtual-world.js';

const COUNT = ['attributes', 'count'];

/** Holds each commit to what the log promises: no gap, one winner, states that follow from events, no request twice. */
export class LogInvariants {
  readonly #states = new Map<string, ThingState | PolicyState>();
  readonly #commitOf = new Map<string, number>();
  #position = 0;

  constructor(
    private readonly world: VirtualWorld,
    private readonly store: SharedStore,
  ) {
    store.onCommit((commit) => this.#check(commit));
  }

  /** An answer to a request leaves: its commit is there. */
  answered(correlationId: string): void {
    if (this.#commitOf.has(correlationId)) return;
    this.world.violate('acknowledged-is-kept', `${correlationId} was answered and is not in the log`);
  }

  /** What is stored is what the log leads to. */
  checkAtEnd(): void {
    for (const state of this.#states.values()) {
      const stored =
        'thing' in state ? this.store.thing(state.thing.thingId) : this.store.policy(state.policy.policyId);
      if (JSON.stringify(stored) === JSON.stringify(state)) continue;
      this.world.violate('states-follow-the-log', `stored is ${JSON.stringify(stored)}, not ${JSON.stringify(state)}`);
    }
  }

  #check(commit: Commit): void {
    for (const { position, event } of commit.events) {
      if (position <= this.#position) this.world.violate('positions-increase', `${position} after ${this.#position}`);
      this.#position = position;
      this.#checkOnce(headerText(event.headers, 'correlation-id') ?? '', commit);
    }
    for (const change of commit.changes) this.#checkState(change);
  }

  #checkState(change: Change): void {
    const { event } = change;
    const key = keyOf(event);
    const before = this.#states.get(key);
    if (event.revision !== (before?.revision ?? 0) + 1) {
      this.world.violate('revisions-without-gaps', `${key} has ${event.revision} after ${before?.revision ?? 0}`);
    }
    const after =
      event.entity === 'thing'
        ? evolve(before !== undefined && 'thing' in before ? before : undefined, event)
        : evolvePolicy(before !== undefined && 'policy' in before ? before : undefined, event);
    if (JSON.stringify(after) !== JSON.stringify(change.state)) {
      this.world.violate('states-follow-the-log', `${key}#${event.revision} was decided on another state`);
    }
    if (before !== undefined && 'thing' in before && 'thing' in after) this.#checkCount(event.id, before, after);
    this.#states.set(key, after);
  }

  /** Each conditional increment adds one to what it has read. */
  #checkCount(id: string, before: ThingState, after: ThingState): void {
    if (before.deleted || after.deleted) return;
    const [was, is] = [valueAt(before.thing, COUNT) ?? 0, valueAt(after.thing, COUNT) ?? 0];
    if (is === was || (typeof was === 'number' && is === was + 1)) return;
    this.world.violate('no-lost-update', `${id} counted ${JSON.stringify(is)} after ${JSON.stringify(was)}`);
  }

  /** A message may be applied again when it is delivered again; a request is one commit at most. */
  #checkOnce(correlationId: string, { number }: Commit): void {
    const known = this.#commitOf.get(correlationId);
    this.#commitOf.set(correlationId, number);
    if (known === undefined || known === number || correlationId.startsWith('message')) return;
    this.world.violate('all-or-nothing', `${correlationId} is in the commits ${known} and ${number}`);
  }
}
