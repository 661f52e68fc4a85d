import {
  accessSettings,
  cacheSettings,
  credentialSettings,
  deviceSettings,
  historySettings,
  httpSettings,
  jobSettings,
  logSettings,
  managementSettings,
  mongoSettings,
  namespaceSettings,
  operatorMetricSettings,
  port,
  readSettings as read,
  refuseWellKnownPasswords,
  requestSettings,
  twinSettings,
} from '@gemel/process/settings';
import { z } from 'zod';

const dataSettings = {
  GEMEL_DATA_DIR: z.string().min(1).default('./data').describe('Folder that holds everything Gemel stores.'),
};

/** Every setting of the process by its environment variable; units are in the names. `docs/configuration.md` is made from it. */
export const settings = z
  .object({
    ...httpSettings(8080),
    GEMEL_MQTT_HOST: z.string().min(1).default('127.0.0.1').describe('Address the MQTT broker listens on.'),
    GEMEL_MQTT_PORT: port(1883).describe('Port of the MQTT broker; 0 takes a free one.'),
    ...dataSettings,
    ...accessSettings,
    ...namespaceSettings,
    ...logSettings,
    ...twinSettings,
    ...requestSettings,
    ...cacheSettings,
    ...historySettings,
    ...deviceSettings,
    ...credentialSettings,
    ...managementSettings,
    ...operatorMetricSettings,
    ...jobSettings,
  })
  .superRefine(({ GEMEL_USERS, GEMEL_HTTP_HOST, GEMEL_MQTT_HOST }, context) => {
    refuseWellKnownPasswords(GEMEL_USERS, { GEMEL_HTTP_HOST, GEMEL_MQTT_HOST }, context);
  });

export type Settings = z.infer<typeof settings>;

/** @throws ConfigurationInvalid listing all faults */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  return read(settings, environment);
}

/** Those that say which store is checked. */
const checkSettings = z.object({
  ...dataSettings,
  ...mongoSettings,
  GEMEL_MONGODB_URL: mongoSettings.GEMEL_MONGODB_URL.optional(),
  ...logSettings,
});

export type CheckSettings = z.infer<typeof checkSettings>;

/** From the environment of any process of Gemel. @throws ConfigurationInvalid listing all faults */
export function readCheckSettings(environment: Readonly<Record<string, string | undefined>>): CheckSettings {
  const names = Object.keys(checkSettings.shape);
  return read(checkSettings, Object.fromEntries(names.map((name) => [name, environment[name]])));
}
