import type { ThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import type { EventLog, IdSource, StateStore, ThingMemory } from '../ports/index.js';
import type { SearchService } from '../search/index.js';
import type { ThingService } from '../things/index.js';
import type { SignalContext } from '../signals/index.js';
import type { ChildLink, InstanceTemplates } from '../types/index.js';

/** What twins of a version of a type begin as, in the form of a thing, and what is below it. */
export interface FrozenTemplate {
  readonly thing: JsonObject;
  readonly children: readonly ChildLink[];
}

export interface FrozenSource {
  of(typeId: ThingId, version: string, context: SignalContext): Promise<FrozenTemplate>;
}

/** What composition needs of the things: in one process, the services themselves. */
export interface TwinApi {
  readonly things: Pick<ThingService, 'execute' | 'executeAll' | 'rehearse' | 'retrieveMany'>;
  readonly search: Pick<SearchService, 'search' | 'all' | 'matches' | 'named' | 'countOfAll'>;
  /** Sees things that the caller may not read: a cycle through one of them is a cycle, too, and a taken id is taken. */
  readonly states: Pick<StateStore, 'thing'>;
  /** Tells what is likely to be in `states`, where those are far away. */
  readonly memory?: ThingMemory | undefined;
  /** Tells whether another replica has changed the composition meanwhile. */
  readonly log: Pick<EventLog, 'guardVersion'>;
  readonly ids: IdSource;
  /** What twins of types with a model begin as; all types are taken as they are when absent. */
  readonly templates?: Pick<InstanceTemplates, 'of'> | undefined;
  /** The same of versions of types; none can be asked for when absent. */
  readonly frozen?: FrozenSource | undefined;
}
