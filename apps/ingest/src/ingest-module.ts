import type { HttpFrame, Route } from '@gemel/api/http';
import { withDocumentation } from '@gemel/api/openapi';
import { connectionRoutes, ingestRoutes, operationRoutes } from '@gemel/api/operations';
import type { ReadinessCheck } from '@gemel/api/operations';
import type { Logger } from '@gemel/application/ports';
import { MONGODB, clusterParts, services, work } from '@gemel/process/cluster';
import { LifeCycle, VERSION } from '@gemel/process/running';
import {
  ALIVE,
  PARTS,
  Readiness,
  frameParts,
  historianMetrics,
  ingestFailures,
  processModule,
} from '@gemel/process/serving';
import type { ClusterPorts, Core } from '@gemel/wiring';
import type { DynamicModule, FactoryProvider } from '@nestjs/common';
import type { Registry } from 'prom-client';
import type { Settings } from './config.js';
import { openDevices } from './devices.js';
import type { Devices } from './devices.js';

const DEVICES = Symbol('devices');

/** Composition of a replica that brings in what devices send, and writes the history. */
export function ingestModule(settings: Settings, log: Logger): DynamicModule {
  return processModule([
    ...frameParts(settings, log),
    ...clusterParts(settings, log, { history: historianMetrics }),
    {
      provide: DEVICES,
      inject: [PARTS.ports, PARTS.core, PARTS.registry],
      useFactory: (ports: ClusterPorts, core: Core, registry: Registry) =>
        openDevices(settings, { ports, core, registry, log }),
    },
    routes(log),
  ]);
}

function routes(log: Logger): FactoryProvider {
  return {
    provide: PARTS.routes,
    inject: [PARTS.ports, PARTS.core, PARTS.frame, LifeCycle, DEVICES],
    useFactory: (
      ports: ClusterPorts,
      core: Core,
      { metrics }: HttpFrame,
      lifeCycle: LifeCycle,
      devices: Devices,
    ): readonly Route[] => {
      lifeCycle.take({
        sources: [{ name: 'connections', start: () => devices.start(), stop: () => devices.connections.stop() }],
        sinks: [work('event readers', () => core.readers.map((reader) => ports.feed.follow(reader))), services(ports)],
      });
      const readiness = new Readiness({ lifeCycle, ask: () => ports.readiness(), required: [MONGODB], log });
      return ingestApi({ devices, metrics, readiness });
    },
  };
}

interface RouteParts extends Pick<HttpFrame, 'metrics'> {
  readonly devices: Devices;
  readonly readiness: ReadinessCheck;
}

function ingestApi({ devices, metrics, readiness }: RouteParts): readonly Route[] {
  return withDocumentation(
    [
      ...ingestRoutes(ingestFailures(devices.failures)),
      ...connectionRoutes(devices.connections),
      ...operationRoutes({ health: ALIVE, readiness, metrics }),
    ],
    VERSION,
  );
}
