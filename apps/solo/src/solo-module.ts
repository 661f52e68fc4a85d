import { HttpMetrics, PasswordAuthenticator, PreAuthenticator } from '@gemel/api/http';
import type { HttpFrame, Route } from '@gemel/api/http';
import type { Logger } from '@gemel/application/ports';
import { openEmbeddedPorts, wireCore } from '@gemel/wiring';
import type { Core, EmbeddedPorts } from '@gemel/wiring';
import { Module } from '@nestjs/common';
import type { DynamicModule, FactoryProvider } from '@nestjs/common';
import { Registry } from 'prom-client';
import type { Settings } from './config.js';
import { openDevices } from './devices.js';
import type { Devices } from './devices.js';
import { soloRoutes } from './routes.js';
import { historianMetrics, showDeviceMetrics } from './solo-metrics.js';
import { SoloLifeCycle } from './solo-life-cycle.js';

/** The parts of the process, each made once from those it names. */
export const PARTS = {
  registry: Symbol('registry'),
  users: Symbol('users'),
  ports: Symbol('ports'),
  core: Symbol('core'),
  devices: Symbol('devices'),
  frame: Symbol('frame'),
  routes: Symbol('routes'),
} as const;

/** Composition of the one-process Gemel: ports on files, use cases, devices, routes. */
@Module({})
export class SoloModule {
  static with(settings: Settings, log: Logger): DynamicModule {
    return {
      module: SoloModule,
      providers: [...innerParts(settings, log), ...outerParts(settings, log), lifeCycle(log)],
    };
  }
}

/** Stores and use cases. */
function innerParts(settings: Settings, log: Logger): readonly FactoryProvider[] {
  return [
    { provide: PARTS.registry, useFactory: () => new Registry() },
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
        wireCore(
          ports,
          { maxThingBytes: settings.GEMEL_THING_MAX_BYTES, maxPolicyBytes: settings.GEMEL_POLICY_MAX_BYTES },
          { metrics: historianMetrics(registry), logger: log },
        ),
    },
  ];
}

/** What devices and clients meet. */
function outerParts(settings: Settings, log: Logger): readonly FactoryProvider[] {
  return [
    { provide: PARTS.users, useFactory: () => new PasswordAuthenticator(settings.GEMEL_USERS) },
    {
      provide: PARTS.devices,
      inject: [PARTS.ports, PARTS.core, PARTS.users, PARTS.registry],
      useFactory: async (ports: EmbeddedPorts, core: Core, users: PasswordAuthenticator, registry: Registry) => {
        const devices = await openDevices(settings, { core, ports, users, log });
        showDeviceMetrics(registry, devices);
        return devices;
      },
    },
    {
      provide: PARTS.frame,
      inject: [PARTS.ports, PARTS.users, PARTS.registry],
      useFactory: ({ ids }: EmbeddedPorts, users: PasswordAuthenticator, registry: Registry): HttpFrame => ({
        authenticators: settings.GEMEL_PRE_AUTHENTICATION ? [new PreAuthenticator(), users] : [users],
        ids,
        log,
        metrics: new HttpMetrics(registry),
        corsOrigins: settings.GEMEL_CORS_ORIGINS,
      }),
    },
    {
      provide: PARTS.routes,
      inject: [PARTS.core, PARTS.ports, PARTS.devices, PARTS.frame],
      useFactory: (core: Core, ports: EmbeddedPorts, devices: Devices, { metrics }: HttpFrame): readonly Route[] =>
        soloRoutes(settings, { core, ports, devices, metrics, log }),
    },
  ];
}

function lifeCycle(log: Logger): FactoryProvider {
  return {
    provide: SoloLifeCycle,
    inject: [PARTS.ports, PARTS.core, PARTS.devices],
    useFactory: (ports: EmbeddedPorts, core: Core, devices: Devices) => new SoloLifeCycle(ports, core, devices, log),
  };
}
