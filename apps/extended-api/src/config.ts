import {
  jobSettings,
  managementSettings,
  readSettings as read,
  refuseWellKnownPasswordsOverHttp,
  replicaSettings,
} from '@gemel/process/settings';
import { z } from 'zod';

/** Every setting of the process by its environment variable. `docs/configuration.md` is made from it. */
export const settings = z
  .object({ ...replicaSettings(8090), ...managementSettings, ...jobSettings })
  .superRefine(refuseWellKnownPasswordsOverHttp);

export type Settings = z.infer<typeof settings>;

/** @throws ConfigurationInvalid listing all faults */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  return read(settings, environment);
}
