import type { TypeServices } from '@gemel/application/type-versions';
import type { Route } from '../http/index.js';
import { typeModelRoutes } from './type-model-routes.js';
import { typeVersionRoutes } from './type-version-routes.js';

/** What `/api/2/types` does with types as such: models and versions. */
export function typeServiceRoutes(services: TypeServices): readonly Route[] {
  return [...typeModelRoutes(services), ...typeVersionRoutes(services)];
}
