import type { HttpFrame, Route } from '@gemel/api/http';
import { clusterParts, eventStreams, operatedReplica, services, work } from '@gemel/process/cluster';
import type { OperatorMetrics } from '@gemel/application/operator-metrics';
import { ExpiredSubjects, startRemoving } from '@gemel/application/policies';
import type { Logger, Subscription } from '@gemel/application/ports';
import { LifeCycle } from '@gemel/process/running';
import type { AdjustableLogger } from '@gemel/process/running';
import { PARTS, frameParts, operatorMetrics, processModule } from '@gemel/process/serving';
import type { ClusterPorts, Core } from '@gemel/wiring';
import type { DynamicModule } from '@nestjs/common';
import type { Registry } from 'prom-client';
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
      inject: [PARTS.ports, PARTS.core, PARTS.frame, LifeCycle, PARTS.registry],
      useFactory: (
        ports: ClusterPorts,
        core: Core,
        { metrics }: HttpFrame,
        lifeCycle: LifeCycle,
        registry: Registry,
      ): readonly Route[] => {
        const counted = operatorMetrics(settings, { search: core.search, timers: ports.timers, registry, log });
        const replica = operatedReplica({ services: SERVICES, settings, log, ports, metrics, lifeCycle });
        lifeCycle.take({
          sources: [eventStreams(core)],
          sinks: [
            replica.presence,
            work('duties of one replica for all', () => [
              ports.startDuties(),
              removeExpired(ports, core, log),
              ...count(ports, counted),
            ]),
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

/** By one replica, whose page alone has the numbers: sums over all replicas are right. */
function count({ leases }: ClusterPorts, counted: OperatorMetrics): readonly Subscription[] {
  if (counted.isEmpty) return [];
  return [leases.compete('operator-metrics', { start: () => Promise.resolve(counted.start()) })];
}
