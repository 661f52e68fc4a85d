import type { EventLog, IdSource, StateStore } from '../ports/index.js';
import type { SearchService } from '../search/index.js';
import type { ThingService } from '../things/index.js';
import type { InstanceTemplates } from '../types/index.js';

/** What composition needs of the things: in one process, the services themselves. */
export interface TwinApi {
  readonly things: Pick<ThingService, 'execute' | 'executeAll' | 'rehearse' | 'retrieveMany'>;
  readonly search: Pick<SearchService, 'search' | 'all' | 'matches' | 'countOfAll'>;
  /** Sees things that the caller may not read: a cycle through one of them is a cycle, too, and a taken id is taken. */
  readonly states: Pick<StateStore, 'thing'>;
  /** Tells whether another replica has changed the composition meanwhile. */
  readonly log: Pick<EventLog, 'guardVersion'>;
  readonly ids: IdSource;
  /** What twins of types with a model begin as; all types are taken as they are when absent. */
  readonly templates?: Pick<InstanceTemplates, 'of'> | undefined;
}
