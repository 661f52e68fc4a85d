import {
  accessSettings,
  cacheSettings,
  clusterSettings,
  httpSettings,
  logSettings,
  namespaceSettings,
  readSettings as read,
  refuseWellKnownPasswords,
  requestSettings,
  twinSettings,
} from '@gemel/process/settings';
import { z } from 'zod';

/** Every setting of the process by its environment variable. `docs/configuration.md` is made from it. */
export const settings = z
  .object({
    ...httpSettings(8090),
    ...clusterSettings,
    ...accessSettings,
    ...namespaceSettings,
    ...logSettings,
    ...twinSettings,
    ...requestSettings,
    ...cacheSettings,
  })
  .superRefine(({ GEMEL_USERS, GEMEL_HTTP_HOST }, context) => {
    refuseWellKnownPasswords(GEMEL_USERS, { GEMEL_HTTP_HOST }, context);
  });

export type Settings = z.infer<typeof settings>;

/** @throws ConfigurationInvalid listing all faults */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  return read(settings, environment);
}
