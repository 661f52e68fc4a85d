import type { Position } from '@gemel/application/ports';
import type { PolicyState } from '@gemel/model/policies';
import { evolvePolicy } from '@gemel/model/policies';
import type { GemelEvent } from '@gemel/model/signals';
import { evolve as evolveThing, storedContent } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import type { Collections } from './collections.js';
import type { CommitLog } from './commit-log.js';
import { EntityStates } from './entity-states.js';
import { LogTail } from './log-tail.js';
import { policyFields } from './mongo-directory.js';
import type { Questions } from './questions.js';
import { entityOfKey, parsePolicyState, parseThingState } from './state-codec.js';

/** Policies are few and needed by every request. */
const POLICY_CACHE_SHARE = 1 / 8;

export interface StatesParts {
  readonly collections: Collections;
  readonly questions: Questions;
  readonly commits: CommitLog;
  /** Memory for parsed states, estimated. */
  readonly cacheBytes: number;
  /** Up to where the states of all commits are written. */
  readonly written: () => Promise<Position>;
}

/** Things and policies, and the tail of the log that both are read with. */
export class States {
  readonly tail: LogTail;
  readonly things: EntityStates<ThingState>;
  readonly policies: EntityStates<PolicyState>;

  constructor({ collections, questions, commits, cacheBytes, written }: StatesParts) {
    this.tail = new LogTail({
      commits,
      written,
      forget: (revisions) => {
        this.#forget(revisions);
      },
      now: () => performance.now(),
    });
    const shared = { tail: this.tail, questions };
    this.things = new EntityStates({
      ...shared,
      entity: 'thing',
      collection: () => collections.things,
      cacheBytes: cacheBytes * (1 - POLICY_CACHE_SHARE),
      contentOf: storedContent,
      parse: parseThingState,
      evolve: (state, event) => (event.entity === 'thing' ? evolveThing(state, event) : refuse(event)),
    });
    this.policies = new EntityStates({
      ...shared,
      entity: 'policy',
      collection: () => collections.policies,
      cacheBytes: cacheBytes * POLICY_CACHE_SHARE,
      contentOf: ({ policy }) => policy,
      fieldsOf: policyFields,
      parse: parsePolicyState,
      evolve: (state, event) => (event.entity === 'policy' ? evolvePolicy(state, event) : refuse(event)),
    });
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
