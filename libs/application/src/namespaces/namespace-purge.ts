import { evolvePolicy } from '@gemel/model/policies';
import type { PolicyState } from '@gemel/model/policies';
import { evolve, liveThing } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import type { LogThinner } from '../past/index.js';
import { untilFirst } from '../signals/index.js';
import type { Change, Clock, EventLog, IdSource, PolicyDirectory, ThingSearch } from '../ports/index.js';

/** Entities that one commit deletes. */
const PAGE = 100;

export interface NamespacePurgeParts {
  readonly log: EventLog;
  readonly index: Pick<ThingSearch, 'find'>;
  readonly directory: Pick<PolicyDirectory, 'find'>;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly thinner: Pick<LogThinner, 'thin'>;
}

/**
 * Deletes all things or policies of a namespace, whoever may write them. Each deletion is an event like any other: search,
 * caches, history and subscribers follow. What was is forgotten as far as it is old enough; the rest goes by its age.
 */
export class NamespacePurge {
  constructor(private readonly parts: NamespacePurgeParts) {}

  /** Answers how many there were. @throws StoreUnavailable */
  things(namespace: string): Promise<number> {
    const { index } = this.parts;
    const query = { namespaces: [namespace], view: liveThing, sort: [], limit: PAGE };
    return this.#purge('thing', async () => (await index.find(query)).map(({ state }) => this.#deletedThing(state)));
  }

  /** As `things`. */
  policies(namespace: string): Promise<number> {
    const query = { prefix: `${namespace}:`, direction: 'asc', limit: PAGE } as const;
    return this.#purge('policy', async () =>
      (await this.parts.directory.find(query)).map((state) => this.#deletedPolicy(state)),
    );
  }

  async #purge(entity: 'thing' | 'policy', next: () => Promise<readonly Change[]>): Promise<number> {
    let count = 0;
    for (;;) {
      // Writers elsewhere may not know of the block yet.
      const changes = await untilFirst(async () => {
        const deletions = await next();
        if (deletions.length > 0) await this.parts.log.append(deletions);
        return deletions;
      });
      if (changes.length === 0) return count;
      for (const { event } of changes) await this.parts.thinner.thin(entity, event.id, 'nothing');
      count += changes.length;
    }
  }

  #deletedThing(state: ThingState): Change {
    const event = { entity: 'thing', id: state.thing.thingId, ...this.#deletion(state.revision) } as const;
    return { entity: 'thing', event, state: evolve(state, event) };
  }

  #deletedPolicy(state: PolicyState): Change {
    const event = { entity: 'policy', id: state.policy.policyId, ...this.#deletion(state.revision) } as const;
    return { entity: 'policy', event, state: evolvePolicy(state, event) };
  }

  #deletion(revision: number) {
    const { clock, ids } = this.parts;
    const headers = { 'correlation-id': ids.uuid() };
    return { revision: revision + 1, timestamp: clock.now(), action: 'deleted', path: [], headers } as const;
  }
}
