import { z } from 'zod';
import { isWellKnown, parseUsers } from './users.js';

/** Every setting of the process by its environment variable; units are in the names. `docs/configuration.md` is made from it. */
export const settings = z.object({
  GEMEL_HTTP_HOST: z.string().min(1).default('127.0.0.1').describe('Address the HTTP server listens on.'),
  GEMEL_HTTP_PORT: port(8080).describe('Port of the HTTP server; 0 takes a free one.'),
  GEMEL_MQTT_HOST: z.string().min(1).default('127.0.0.1').describe('Address the MQTT broker listens on.'),
  GEMEL_MQTT_PORT: port(1883).describe('Port of the MQTT broker; 0 takes a free one.'),
  GEMEL_DATA_DIR: z.string().min(1).default('./data').describe('Folder that holds everything Gemel stores.'),
  GEMEL_USERS: z
    .string()
    .default('ditto:ditto,devops:foobar:operator')
    .transform((text, context) => parseUsers(text, (message) => context.addIssue({ code: 'custom', message })))
    .describe(
      'Users as `name:password`, comma-separated; `name:password:operator` makes an operator of the devops routes. ' +
        'A `:`, `,` or `%` inside a password is written percent-encoded. User `x` has the subject `nginx:x`.',
    ),
  GEMEL_PRE_AUTHENTICATION: flag(false).describe(
    'Trusts the header `x-ditto-pre-authenticated`. Only behind a proxy that sets or removes it.',
  ),
  GEMEL_CORS_ORIGINS: list('').describe(
    'Origins that browsers may call from, comma-separated; `*` for any; empty for none.',
  ),
  GEMEL_DEFAULT_NAMESPACE: z
    .string()
    .default('org.eclipse.ditto')
    .describe('Namespace of things and policies created without one.'),
  GEMEL_LOG_LEVEL: z
    .enum(['error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .describe('Least important level that is logged; one JSON line each on standard error.'),
  GEMEL_THING_MAX_BYTES: bytes(102_400).describe('Largest thing, as JSON text.'),
  GEMEL_POLICY_MAX_BYTES: bytes(102_400).describe('Largest policy, as JSON text.'),
  GEMEL_REQUEST_MAX_BYTES: bytes(1_048_576).describe('Largest HTTP request body and MQTT message.'),
  GEMEL_CACHE_MAX_BYTES: bytes(268_435_456).describe(
    'Memory for parsed twins; beyond it the least recently used are read from disk.',
  ),
  GEMEL_HISTORY_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(36_500)
    .default(0)
    .describe('Days that history points are kept; 0 keeps them for ever.'),
  GEMEL_MQTT_SOURCES: list('telemetry/#').describe(
    'Topics whose messages are Ditto Protocol commands, comma-separated, `+` and `#` allowed.',
  ),
  GEMEL_MQTT_TARGET: z
    .string()
    .default('opentwins/{{ topic:channel }}/{{ topic:criterion }}/{{ thing:namespace }}/{{ thing:name }}')
    .describe('Topic that twin events are published on, with placeholders; empty publishes none.'),
  GEMEL_MQTT_TARGET_SUBJECTS: list('nginx:ditto').describe(
    'Authorization subjects of the target: events hold what they may READ, and subscribers must have one of them.',
  ),
});

export type Settings = z.infer<typeof settings>;

/** Every fault of the configuration at once. */
export class ConfigurationInvalid extends Error {}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i;

/** @throws ConfigurationInvalid listing all faults, misspelled `GEMEL_` names among them */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const known = new Set(Object.keys(settings.shape));
  const faults = Object.keys(environment)
    .filter((name) => name.startsWith('GEMEL_') && !known.has(name))
    .map((name) => `${name}: there is no such setting`);
  const result = settings.safeParse(environment);
  if (!result.success) {
    for (const issue of result.error.issues) faults.push(`${issue.path.join('.')}: ${issue.message}`);
  } else {
    faults.push(...unsafeDefaults(result.data));
  }
  if (!result.success || faults.length > 0) throw new ConfigurationInvalid(faults.join('\n'));
  return result.data;
}

/** Passwords that everybody knows stay on this machine. */
function unsafeDefaults(values: Settings): readonly string[] {
  const wellKnown = values.GEMEL_USERS.filter(isWellKnown);
  if (wellKnown.length === 0) return [];
  return (['GEMEL_HTTP_HOST', 'GEMEL_MQTT_HOST'] as const)
    .filter((name) => !LOOPBACK.test(values[name]))
    .map(
      (name) =>
        `GEMEL_USERS: the default password of ${wellKnown.map((user) => `'${user.name}'`).join(' and ')} is refused ` +
        `because ${name} is '${values[name]}', which others can reach; set passwords of your own`,
    );
}

function port(usual: number) {
  return z.coerce.number().int().min(0).max(65_535).default(usual);
}

function bytes(usual: number) {
  return z.coerce.number().int().min(1024).max(Number.MAX_SAFE_INTEGER).default(usual);
}

function flag(usual: boolean) {
  return z
    .enum(['true', 'false'])
    .default(usual ? 'true' : 'false')
    .transform((text) => text === 'true');
}

function list(usual: string) {
  return z
    .string()
    .default(usual)
    .transform((text) =>
      text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    );
}
