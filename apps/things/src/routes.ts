import { connectionManagementRoutes } from '@gemel/api/connections';
import { influxRoutes } from '@gemel/api/history';
import type { Route } from '@gemel/api/http';
import { withDocumentation } from '@gemel/api/openapi';
import { whoamiRoute } from '@gemel/api/operations';
import type { Logger } from '@gemel/application/ports';
import { clusterManagement } from '@gemel/process/connections';
import { VERSION } from '@gemel/process/running';
import type { OperatedReplica } from '@gemel/process/cluster';
import { processRoutes, twinApiRoutes, twinOperations } from '@gemel/process/serving';
import type { ClusterPorts, Core } from '@gemel/wiring';
import type { Settings } from './config.js';

export interface RouteParts {
  readonly core: Core;
  readonly ports: ClusterPorts;
  readonly replica: OperatedReplica;
  readonly log: Logger;
}

/** The twin API. */
export function thingsRoutes(settings: Settings, parts: RouteParts): readonly Route[] {
  const { core, ports, replica, log } = parts;
  const management = clusterManagement(settings, ports);
  return withDocumentation(
    [
      ...twinApiRoutes(settings, { core, ids: ports.ids, log }),
      ...influxRoutes(core.flux),
      whoamiRoute,
      ...connectionManagementRoutes(management),
      ...processRoutes(replica.operated, replica.membership, twinOperations(ports, management)),
    ],
    VERSION,
  );
}
