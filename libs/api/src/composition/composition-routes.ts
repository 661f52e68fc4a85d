import type { Composition } from '@gemel/application/composition';
import type { Route } from '../http/index.js';
import { readRoutes } from './read-routes.js';
import { relationRoutes } from './relation-routes.js';
import { reorderRoutes } from './reorder-routes.js';
import { treeRoutes } from './tree-routes.js';
import { twinChangeRoutes } from './twin-change-routes.js';
import { typeLinkRoutes } from './type-link-routes.js';

/** `/api/2/types` and `/api/2/twins`: composition as Ditto would have it. */
export function compositionRoutes(composition: Composition): readonly Route[] {
  return [
    ...readRoutes('types', composition.reads.types),
    ...readRoutes('twins', composition.reads.twins),
    ...treeRoutes(composition.reads.twins),
    ...twinChangeRoutes(composition.changes.twins),
    ...relationRoutes(composition.changes.relations),
    ...reorderRoutes(composition.changes.order),
    ...typeLinkRoutes(composition.changes.links, composition.changes.reconciler),
  ];
}
