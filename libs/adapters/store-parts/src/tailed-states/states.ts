import type { Position, RememberedPolicy } from '@gemel/application/ports';
import type { PolicyId } from '@gemel/model/ids';
import type { PolicyState } from '@gemel/model/policies';
import { evolvePolicy } from '@gemel/model/policies';
import type { GemelEvent } from '@gemel/model/signals';
import { evolve as evolveThing, storedContent } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import { entityOfKey } from './entity-keys.js';
import { EntityStates } from './entity-states.js';
import { laterInNode } from './later.js';
import type { Later } from './later.js';
import { LogTail } from './log-tail.js';
import type { TailLimits, TailedCommits } from './log-tail.js';
import { PolicyGeneration } from './policy-generation.js';
import type { StateDocuments } from './state-documents.js';

/** Policies are few and needed by every request. */
const POLICY_CACHE_SHARE = 1 / 8;

export interface StatesParts {
  readonly documents: {
    readonly things: StateDocuments<ThingState>;
    readonly policies: StateDocuments<PolicyState>;
  };
  readonly commits: TailedCommits;
  /** Memory for parsed states, estimated. */
  readonly cacheBytes: number;
  /** Up to where the states of all commits are written. */
  readonly written: () => Promise<Position>;
  /** Milliseconds of a clock that never goes back. @default that of Node */
  readonly now?: () => number;
  /** @default the timers of Node */
  readonly later?: Later;
  readonly limits?: TailLimits;
}

/** Things and policies, and the tail of the log that both are read with. */
export class States {
  readonly tail: LogTail;
  readonly things: EntityStates<ThingState>;
  readonly policies: EntityStates<PolicyState>;
  readonly generation: PolicyGeneration;

  constructor({ documents, cacheBytes, now = () => performance.now(), later = laterInNode, ...log }: StatesParts) {
    this.tail = new LogTail({
      ...log,
      now,
      later,
      forget: (revisions) => {
        this.#forget(revisions);
      },
    });
    this.things = new EntityStates({
      tail: this.tail,
      later,
      entity: 'thing',
      documents: documents.things,
      cacheBytes: cacheBytes * (1 - POLICY_CACHE_SHARE),
      contentOf: storedContent,
      evolve: (state, event) => (event.entity === 'thing' ? evolveThing(state, event) : refuse(event)),
    });
    this.policies = new EntityStates({
      tail: this.tail,
      later,
      entity: 'policy',
      documents: documents.policies,
      cacheBytes: cacheBytes * POLICY_CACHE_SHARE,
      contentOf: ({ policy }) => policy,
      evolve: (state, event) => (event.entity === 'policy' ? evolvePolicy(state, event) : refuse(event)),
    });
    const { reader } = this.policies;
    this.generation = new PolicyGeneration(this.tail, (id) => reader.knownRevision(id));
  }

  /** What is in memory of a policy, for a change that is then checked against that; undefined when the store should be asked. */
  recallPolicy(id: PolicyId): RememberedPolicy | undefined {
    const generation = this.generation.ofMemory;
    const state = generation === undefined ? undefined : this.policies.reader.recallSeen(id);
    if (generation === undefined || state === undefined) return undefined;
    return { state, premise: { policyId: id, revision: state.revision, generation } };
  }

  /** An event of the log that came here another way; spares reading what it led to. */
  follow(event: GemelEvent): void {
    (event.entity === 'thing' ? this.things : this.policies).reader.follow(event);
  }

  #forget(revisions: ReadonlyMap<string, number> | 'all'): void {
    if (revisions === 'all') {
      this.things.reader.cache.clear();
      this.policies.reader.cache.clear();
      return;
    }
    for (const [key, revision] of revisions) {
      const { entity, id } = entityOfKey(key);
      (entity === 'thing' ? this.things : this.policies).reader.forget(id, revision);
    }
  }
}

function refuse({ entity, id }: GemelEvent): never {
  throw new Error(`an event of ${entity} '${id}' stands under another kind of entity`);
}
