import { EntityService } from './entity-service.js';
import { GraphReader } from './graph-reader.js';
import { OneAtATime } from './one-at-a-time.js';
import { TreeService } from './tree-service.js';
import type { TwinApi } from './twin-api.js';

export interface Composition {
  readonly types: EntityService;
  readonly twins: EntityService;
  readonly trees: TreeService;
}

/** Puts the services together; they share the turn in which the composition changes, so make them once. */
export function createComposition(api: TwinApi): Composition {
  const graph = new GraphReader(api);
  const turns = new OneAtATime(api.log);
  return {
    types: new EntityService('type', api, graph, turns),
    twins: new EntityService('twin', api, graph, turns),
    trees: new TreeService(api, graph, turns),
  };
}
