import { HttpMetrics, PasswordAuthenticator } from '@gemel/api/http';
import type { HttpFrame, NamespacePolicy } from '@gemel/api/http';
import type { Logger } from '@gemel/application/ports';
import type { NamespaceRule } from '@gemel/model/authentication';
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
  readonly GEMEL_NAMESPACE_ACCESS: readonly NamespaceRule[];
  readonly GEMEL_DEFAULT_NAMESPACE: string;
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
          ...(settings.GEMEL_NAMESPACE_ACCESS.length === 0 ? {} : { namespaces: namespacesOf(settings) }),
          beginsTraces: settings.GEMEL_TRACING,
        };
      },
    },
  ];
}

function namespacesOf(settings: FrameSettings): NamespacePolicy {
  return {
    rules: settings.GEMEL_NAMESPACE_ACCESS,
    defaultNamespace: settings.GEMEL_DEFAULT_NAMESPACE,
    clock: systemClock,
  };
}
