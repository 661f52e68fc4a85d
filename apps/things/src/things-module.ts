import type { HttpFrame, Route } from '@gemel/api/http';
import type { Logger } from '@gemel/application/ports';
import { MONGODB, clusterParts, eventStreams, services, work } from '@gemel/process/cluster';
import { LifeCycle } from '@gemel/process/running';
import { PARTS, Readiness, frameParts, processModule } from '@gemel/process/serving';
import type { ClusterPorts, Core } from '@gemel/wiring';
import type { DynamicModule } from '@nestjs/common';
import type { Settings } from './config.js';
import { thingsRoutes } from './routes.js';

/** Composition of a replica of the twin API. */
export function thingsModule(settings: Settings, log: Logger): DynamicModule {
  return processModule([
    ...frameParts(settings, log),
    ...clusterParts(settings, log, { streams: true }),
    {
      provide: PARTS.routes,
      inject: [PARTS.ports, PARTS.core, PARTS.frame, LifeCycle],
      useFactory: (ports: ClusterPorts, core: Core, { metrics }: HttpFrame, lifeCycle: LifeCycle): readonly Route[] => {
        lifeCycle.take({
          sources: [eventStreams(core)],
          sinks: [work('duties of one replica for all', () => [ports.startDuties()]), services(ports)],
        });
        // Without Kafka writes go on and readers catch up later.
        const readiness = new Readiness({ lifeCycle, ask: () => ports.readiness(), required: [MONGODB], log });
        return thingsRoutes(settings, { core, ids: ports.ids, metrics, readiness, log });
      },
    },
  ]);
}
