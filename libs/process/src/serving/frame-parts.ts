import { HttpMetrics, PasswordAuthenticator } from '@gemel/api/http';
import type { HttpFrame } from '@gemel/api/http';
import type { Logger } from '@gemel/application/ports';
import { randomIds, systemClock } from '@gemel/wiring';
import type { FactoryProvider } from '@nestjs/common';
import { Registry } from 'prom-client';
import { LifeCycle } from '../running/index.js';
import type { User } from '../settings/index.js';
import { openDoors } from './doors.js';
import type { DoorSettings } from './doors.js';
import { PARTS } from './parts.js';
import { warnOfWeakSettings } from './weak-settings.js';

export interface FrameSettings extends DoorSettings {
  readonly GEMEL_USERS: readonly User[];
  readonly GEMEL_CORS_ORIGINS: readonly string[];
  readonly GEMEL_FORCE_HTTPS: boolean;
  readonly GEMEL_REDIRECT_TO_HTTPS: boolean;
  readonly GEMEL_TRACING: boolean;
}

/** What the routes of every process stand on: life cycle, metrics, users, frame. */
export function frameParts(settings: FrameSettings, log: Logger): readonly FactoryProvider[] {
  return [
    { provide: LifeCycle, useFactory: () => new LifeCycle(log) },
    { provide: PARTS.registry, useFactory: () => new Registry() },
    { provide: PARTS.users, useFactory: () => new PasswordAuthenticator(settings.GEMEL_USERS) },
    {
      provide: PARTS.frame,
      inject: [PARTS.users, PARTS.registry],
      useFactory: async (users: PasswordAuthenticator, registry: Registry): Promise<HttpFrame> => {
        warnOfWeakSettings(settings, log);
        return {
          ...(await openDoors(settings, users)),
          ids: randomIds,
          clock: systemClock,
          log,
          metrics: new HttpMetrics(registry),
          corsOrigins: settings.GEMEL_CORS_ORIGINS,
          https: { isForced: settings.GEMEL_FORCE_HTTPS, redirects: settings.GEMEL_REDIRECT_TO_HTTPS },
          beginsTraces: settings.GEMEL_TRACING,
        };
      },
    },
  ];
}
