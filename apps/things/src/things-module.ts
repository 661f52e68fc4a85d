import type { HttpFrame, Route } from '@gemel/api/http';
import { clusterParts, eventStreams, operatedReplica, services, work } from '@gemel/process/cluster';
import { ExpiredSubjects, startRemoving } from '@gemel/application/policies';
import type { Logger, Subscription } from '@gemel/application/ports';
import { LifeCycle } from '@gemel/process/running';
import type { AdjustableLogger } from '@gemel/process/running';
import { PARTS, frameParts, processModule } from '@gemel/process/serving';
import type { ClusterPorts, Core } from '@gemel/wiring';
import type { DynamicModule } from '@nestjs/common';
import type { Settings } from './config.js';
import { thingsRoutes } from './routes.js';

/** Ditto's services whose work it does. */
const SERVICES = ['gateway', 'policies', 'search', 'things'] as const;

/** Composition of a replica of the twin API. */
export function thingsModule(settings: Settings, log: AdjustableLogger): DynamicModule {
  return processModule([
    ...frameParts(settings, log),
    ...clusterParts(settings, log, { streams: true, live: true }),
    {
      provide: PARTS.routes,
      inject: [PARTS.ports, PARTS.core, PARTS.frame, LifeCycle],
      useFactory: (ports: ClusterPorts, core: Core, { metrics }: HttpFrame, lifeCycle: LifeCycle): readonly Route[] => {
        const replica = operatedReplica({ services: SERVICES, settings, log, ports, metrics, lifeCycle });
        lifeCycle.take({
          sources: [eventStreams(core)],
          sinks: [
            replica.presence,
            work('duties of one replica for all', () => [ports.startDuties(), removeExpired(ports, core, log)]),
            services(ports),
          ],
        });
        return thingsRoutes(settings, { core, ports, replica, log });
      },
    },
  ]);
}

/** By one replica for all. */
function removeExpired(ports: ClusterPorts, { announcer }: Core, log: Logger): Subscription {
  return ports.leases.compete('expired-subjects', {
    start: () => Promise.resolve(startRemoving(new ExpiredSubjects({ ...ports, announcer }), ports.timers, log)),
  });
}
