import { compositionRoutes, transferRoutes, typeServiceRoutes } from '@gemel/api/composition';
import { connectionFacadeRoutes, extendedRoutes } from '@gemel/api/extended';
import type { HttpFrame, Route } from '@gemel/api/http';
import { withDocumentation } from '@gemel/api/openapi';
import { connectivityPiggybackRoute, whoamiRoute } from '@gemel/api/operations';
import { ConnectivityCommands } from '@gemel/application/connections';
import { startImports } from '@gemel/application/jobs';
import type { Subscription } from '@gemel/application/ports';
import { clusterParts, operatedReplica, services, work } from '@gemel/process/cluster';
import { clusterManagement } from '@gemel/process/connections';
import { LifeCycle, VERSION } from '@gemel/process/running';
import type { AdjustableLogger } from '@gemel/process/running';
import { PARTS, frameParts, processModule, processRoutes } from '@gemel/process/serving';
import type { ClusterPorts, Core } from '@gemel/wiring';
import type { DynamicModule } from '@nestjs/common';
import type { Settings } from './config.js';

/**
 * Composition of a replica of the extended API. It writes the log itself instead of calling the twin API: a tree is one
 * commit, which that API cannot express.
 */
export function extendedApiModule(settings: Settings, log: AdjustableLogger): DynamicModule {
  return processModule([
    ...frameParts(settings, log),
    ...clusterParts(settings, log),
    {
      provide: PARTS.routes,
      inject: [PARTS.ports, PARTS.core, PARTS.frame, LifeCycle],
      useFactory: (ports: ClusterPorts, core: Core, { metrics }: HttpFrame, lifeCycle: LifeCycle): readonly Route[] => {
        const { composition, typeServices, policyQuestions } = core;
        const replica = operatedReplica({ services: ['extended-api'], settings, log, ports, metrics, lifeCycle });
        const imports = work('import jobs', () => [importing(core, ports, log)]);
        lifeCycle.take({ sources: [imports], sinks: [replica.presence, services(ports)] });
        return withDocumentation(
          [
            ...compositionRoutes(composition),
            ...typeServiceRoutes(typeServices, composition, core.jobs),
            ...transferRoutes(core),
            ...extendedRoutes({ composition, listing: policyQuestions.listing }),
            ...connectionsOf(settings, ports, replica.operated.instance),
            whoamiRoute,
            ...processRoutes(replica.operated, replica.membership),
          ],
          VERSION,
        );
      },
    },
  ]);
}

/** One replica does all imports; another one goes on when it dies. */
function importing({ jobs }: Core, { leases, timers }: ClusterPorts, log: AdjustableLogger): Subscription {
  return leases.compete('import-jobs', {
    start: (lease) => Promise.resolve(startImports(jobs.worker, timers, log, () => lease.isHeld())),
  });
}

/** OpenTwins' way to connections; ingest has them open. */
function connectionsOf(settings: Settings, ports: ClusterPorts, instance: string): readonly Route[] {
  const management = clusterManagement(settings, ports);
  return [
    ...connectionFacadeRoutes(management),
    connectivityPiggybackRoute(
      { services: ['connectivity'], instance },
      new ConnectivityCommands(management, ports.clock),
    ),
  ];
}
