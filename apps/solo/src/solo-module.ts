import { BackgroundCheck } from '@gemel/application/consistency';
import { JwtAuthenticator } from '@gemel/api/http';
import type { HttpFrame, PasswordAuthenticator, Route } from '@gemel/api/http';
import type { Logger } from '@gemel/application/ports';
import { LifeCycle } from '@gemel/process/running';
import type { AdjustableLogger } from '@gemel/process/running';
import {
  PARTS,
  Readiness,
  frameParts,
  historianMetrics,
  operatorMetrics,
  showCounts,
  showIngest,
  showMeters,
  showTarget,
} from '@gemel/process/serving';
import { connectionMeters } from '@gemel/process/connections';
import { coreLimitsOf, retentionRulesOf } from '@gemel/process/settings';
import { firstOf, openEmbeddedPorts, wireCore, wireThinner } from '@gemel/wiring';
import type { Core, EmbeddedPorts } from '@gemel/wiring';
import { Module } from '@nestjs/common';
import type { DynamicModule, FactoryProvider } from '@nestjs/common';
import type { Registry } from 'prom-client';
import type { Settings } from './config.js';
import { openDevices } from './devices.js';
import type { Devices } from './devices.js';
import { soloRoutes } from './routes.js';
import { stagesOf } from './stages.js';

/** Under which Nest keeps the part that only this process has. */
export const DEVICES = Symbol('devices');

/** Composition of the one-process Gemel: ports on files, use cases, devices, routes. */
@Module({})
export class SoloModule {
  static with(settings: Settings, log: AdjustableLogger): DynamicModule {
    return {
      module: SoloModule,
      providers: [...frameParts(settings, log), ...innerParts(settings, log), ...outerParts(settings, log)],
    };
  }
}

/** Stores and use cases. */
function innerParts(settings: Settings, log: Logger): readonly FactoryProvider[] {
  return [
    {
      provide: PARTS.ports,
      useFactory: () =>
        openEmbeddedPorts({
          folder: settings.GEMEL_DATA_DIR,
          cacheBytes: settings.GEMEL_CACHE_MAX_BYTES,
          historyRetentionDays: settings.GEMEL_HISTORY_RETENTION_DAYS || undefined,
          log,
        }),
    },
    {
      provide: PARTS.core,
      inject: [PARTS.ports, PARTS.registry],
      useFactory: (ports: EmbeddedPorts, registry: Registry) =>
        wireCore(ports, coreLimitsOf(settings), { metrics: historianMetrics(registry), logger: log }),
    },
  ];
}

/** What devices and clients meet. */
function outerParts(settings: Settings, log: AdjustableLogger): readonly FactoryProvider[] {
  return [
    {
      provide: DEVICES,
      inject: [PARTS.ports, PARTS.core, PARTS.users, PARTS.frame, PARTS.registry],
      useFactory: async (
        ports: EmbeddedPorts,
        core: Core,
        users: PasswordAuthenticator,
        { authenticators }: HttpFrame,
        registry: Registry,
      ) => {
        const bearers = authenticators.filter((each) => each instanceof JwtAuthenticator);
        const devices = await openDevices(settings, { core, ports, users, bearers, log });
        showDevices(registry, devices);
        showMeters(registry, connectionMeters(devices.connections.runner));
        showMeters(registry, [
          ...ports.meters,
          ...core.search.meters,
          ...core.types.conformance.meters,
          ...core.jobs.worker.meters,
          ...core.live.hub.meters,
        ]);
        return devices;
      },
    },
    {
      provide: PARTS.routes,
      inject: [PARTS.core, PARTS.ports, DEVICES, PARTS.frame, LifeCycle, PARTS.registry],
      useFactory: (
        core: Core,
        ports: EmbeddedPorts,
        devices: Devices,
        { metrics }: HttpFrame,
        lifeCycle: LifeCycle,
        registry: Registry,
      ): readonly Route[] => {
        const thinner = wireThinner(ports, retentionRulesOf(settings), () =>
          firstOf(core.readers.map((reader) => reader.position())),
        );
        const checking = checkingOf(settings, ports, log);
        showMeters(registry, [...thinner.meters, ...checking.meters]);
        const counted = operatorMetrics(settings, { search: core.search, timers: ports.timers, registry, log });
        lifeCycle.take(stagesOf(ports, core, { ...devices, thinner, checking, counted, log }));
        const readiness = new Readiness({ lifeCycle, ask: () => ports.readiness(), required: ['store'], log });
        return soloRoutes(settings, { core, ports, devices, thinner, metrics, readiness, log });
      },
    },
  ];
}

function checkingOf(settings: Settings, { check, timers }: EmbeddedPorts, log: Logger): BackgroundCheck {
  return new BackgroundCheck({ check, perMinute: settings.GEMEL_CONSISTENCY_CHECKS_PER_MINUTE, timers, log });
}

function showDevices(registry: Registry, { ingest, target, broker }: Devices): void {
  showIngest(registry, ingest);
  showCounts(registry, 'gemel_broker', BROKER, () => ({ ...broker.counters() }));
  if (target !== undefined) showTarget(registry, target);
}

const BROKER =
  'The MQTT broker: clients, messages under way, sessions, what they queue and retained messages now, the rest since the start.';
