import { CompositionReader } from './composition-reader.js';
import { EntityService } from './entity-service.js';
import { GraphReader } from './graph-reader.js';
import { Lineage } from './lineage.js';
import { IntegrityService } from './integrity-service.js';
import { OneAtATime } from './one-at-a-time.js';
import { PlanRunner } from './plan-runner.js';
import { Reconciler } from './reconciler.js';
import { SiblingOrder } from './sibling-order.js';
import { TreeService } from './tree-service.js';
import { TwinChanges } from './twin-changes.js';
import { TwinRelations } from './twin-relations.js';
import { TypeLinks } from './type-links.js';
import type { TwinApi } from './twin-api.js';

export interface Composition {
  readonly types: EntityService;
  readonly twins: EntityService;
  readonly trees: TreeService;
  /** What `/api/2/types` and `/api/2/twins` show. */
  readonly reads: Readonly<Record<'types' | 'twins', CompositionReader>>;
  readonly changes: {
    readonly twins: TwinChanges;
    readonly links: TypeLinks;
    readonly reconciler: Reconciler;
    readonly order: SiblingOrder;
    readonly relations: TwinRelations;
  };
  readonly integrity: IntegrityService;
}

/**
 * Puts the services together; they share the turn in which the composition changes, so make them once.
 * @param turns those of a strict structure, if there is one
 */
export function createComposition(api: TwinApi, turns = new OneAtATime(api.log)): Composition {
  const graph = new GraphReader(api);
  const lineage = new Lineage(api);
  const runner = new PlanRunner(api, turns);
  const order = new SiblingOrder(api, lineage, runner);
  return {
    types: new EntityService('type', api, graph, turns),
    twins: new EntityService('twin', api, graph, turns),
    trees: new TreeService(api, graph, turns),
    reads: {
      types: new CompositionReader('type', api, lineage),
      twins: new CompositionReader('twin', api, lineage),
    },
    changes: {
      twins: new TwinChanges(api, lineage, graph, { runner, order }),
      links: new TypeLinks(lineage, graph, { runner, order }),
      order,
      relations: new TwinRelations(api, lineage, runner),
      reconciler: new Reconciler(api, lineage, runner),
    },
    integrity: new IntegrityService(api, graph, turns),
  };
}
