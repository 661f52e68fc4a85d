import type { z } from 'zod';
import { clusterSettings } from './cluster-settings.js';
import { accessSettings, httpSettings, requestSettings } from './http-settings.js';
import { logSettings } from './log-settings.js';
import { cacheSettings, namespaceSettings, twinSettings } from './twin-settings.js';
import type { User } from './users.js';
import { refuseWellKnownPasswords } from './well-known-passwords.js';

/** What every app of a cluster is told. @param usualPort of its HTTP server */
export function replicaSettings(usualPort: number) {
  return {
    ...httpSettings(usualPort),
    ...clusterSettings,
    ...accessSettings,
    ...namespaceSettings,
    ...logSettings,
    ...twinSettings,
    ...requestSettings,
    ...cacheSettings,
  };
}

interface Reachable {
  readonly GEMEL_USERS: readonly User[];
  readonly GEMEL_HTTP_HOST: string;
}

/** For `superRefine` of the settings of a process that listens for HTTP and nothing else. */
export function refuseWellKnownPasswordsOverHttp(
  { GEMEL_USERS, GEMEL_HTTP_HOST }: Reachable,
  context: z.RefinementCtx,
): void {
  refuseWellKnownPasswords(GEMEL_USERS, { GEMEL_HTTP_HOST }, context);
}
