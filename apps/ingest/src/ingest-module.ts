import { connectionManagementRoutes } from '@gemel/api/connections';
import type { HttpFrame, Route } from '@gemel/api/http';
import { withDocumentation } from '@gemel/api/openapi';
import { connectionRoutes, ingestRoutes } from '@gemel/api/operations';
import { clusterParts, operatedReplica, services, work } from '@gemel/process/cluster';
import type { OperatedReplica } from '@gemel/process/cluster';
import { LifeCycle, VERSION } from '@gemel/process/running';
import type { AdjustableLogger } from '@gemel/process/running';
import {
  PARTS,
  frameParts,
  historianMetrics,
  ingestFailures,
  processModule,
  processRoutes,
} from '@gemel/process/serving';
import type { ClusterPorts, Core } from '@gemel/wiring';
import type { DynamicModule, FactoryProvider } from '@nestjs/common';
import type { Registry } from 'prom-client';
import type { Settings } from './config.js';
import { openDevices } from './devices.js';
import type { Devices } from './devices.js';

const DEVICES = Symbol('devices');

/** Composition of a replica that brings in what devices send, and writes the history. */
export function ingestModule(settings: Settings, log: AdjustableLogger): DynamicModule {
  return processModule([
    ...frameParts(settings, log),
    ...clusterParts(settings, log, { live: true, history: historianMetrics }),
    {
      provide: DEVICES,
      inject: [PARTS.ports, PARTS.core, PARTS.registry],
      useFactory: (ports: ClusterPorts, core: Core, registry: Registry) =>
        openDevices(settings, { ports, core, registry, log }),
    },
    routes(settings, log),
  ]);
}

function routes(settings: Settings, log: AdjustableLogger): FactoryProvider {
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
      const replica = operatedReplica({ services: ['connectivity'], settings, log, ports, metrics, lifeCycle });
      lifeCycle.take({
        sources: [work('connections', () => [devices.start()])],
        sinks: [
          replica.presence,
          work('event readers', () => core.readers.map((reader) => ports.feed.follow(reader))),
          services(ports),
        ],
      });
      return ingestApi(devices, replica);
    },
  };
}

function ingestApi(devices: Devices, { operated, membership }: OperatedReplica): readonly Route[] {
  return withDocumentation(
    [
      ...ingestRoutes(ingestFailures(devices.failures)),
      ...connectionRoutes(devices.connections),
      ...connectionManagementRoutes(devices.management),
      ...processRoutes(operated, membership),
    ],
    VERSION,
  );
}
