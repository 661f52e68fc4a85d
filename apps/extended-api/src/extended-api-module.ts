import { twinRoutes, typeRoutes } from '@gemel/api/extended';
import type { HttpFrame, Route } from '@gemel/api/http';
import { withDocumentation } from '@gemel/api/openapi';
import { operationRoutes, whoamiRoute } from '@gemel/api/operations';
import type { Logger } from '@gemel/application/ports';
import { MONGODB, clusterParts, services } from '@gemel/process/cluster';
import { LifeCycle, VERSION } from '@gemel/process/running';
import { ALIVE, PARTS, Readiness, frameParts, processModule } from '@gemel/process/serving';
import type { ClusterPorts, Core } from '@gemel/wiring';
import type { DynamicModule } from '@nestjs/common';
import type { Settings } from './config.js';

/**
 * Composition of a replica of the extended API. It writes the log itself instead of calling the twin API: a tree is one
 * commit, which that API cannot express.
 */
export function extendedApiModule(settings: Settings, log: Logger): DynamicModule {
  return processModule([
    ...frameParts(settings, log),
    ...clusterParts(settings, log),
    {
      provide: PARTS.routes,
      inject: [PARTS.ports, PARTS.core, PARTS.frame, LifeCycle],
      useFactory: (
        ports: ClusterPorts,
        { composition }: Core,
        { metrics }: HttpFrame,
        lifeCycle: LifeCycle,
      ): readonly Route[] => {
        lifeCycle.take({ sources: [], sinks: [services(ports)] });
        const readiness = new Readiness({ lifeCycle, ask: () => ports.readiness(), required: [MONGODB], log });
        return withDocumentation(
          [
            ...typeRoutes(composition),
            ...twinRoutes(composition),
            whoamiRoute,
            ...operationRoutes({ health: ALIVE, readiness, metrics }),
          ],
          VERSION,
        );
      },
    },
  ]);
}
