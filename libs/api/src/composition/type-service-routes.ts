import type { Composition } from '@gemel/application/composition';
import type { Jobs } from '@gemel/application/jobs';
import type { TypeServices } from '@gemel/application/type-versions';
import type { Route } from '../http/index.js';
import { migrationRoutes } from './migration-routes.js';
import { typeModelRoutes } from './type-model-routes.js';
import { typeVersionRoutes } from './type-version-routes.js';

/** What `/api/2/types` does with types as such: models, versions, migrations. */
export function typeServiceRoutes(
  services: TypeServices,
  { reads }: Pick<Composition, 'reads'>,
  jobs: Pick<Jobs, 'migrations'>,
): readonly Route[] {
  return [...typeModelRoutes(services), ...typeVersionRoutes(services), ...migrationRoutes(services, reads, jobs)];
}
