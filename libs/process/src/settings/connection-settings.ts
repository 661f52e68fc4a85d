import { z } from 'zod';
import { list } from './fields.js';
import { honoSettings } from './hono-settings.js';
import type { HonoSettings } from './hono-settings.js';

/** What processes know that manage connections. */
export const managementSettings = {
  GEMEL_CONNECTIONS_ENCRYPTION_KEY: key().describe(
    'Key with which secrets of connections are encrypted where they are stored: 32 bytes in base64; empty stores them as they are.',
  ),
  GEMEL_CONNECTIONS_OLD_ENCRYPTION_KEY: key().describe(
    'Key with which they were encrypted before: what it has encrypted is still read, and encrypted anew on demand.',
  ),
  GEMEL_CONNECTIONS_BLOCKED_HOSTS: list('').describe(
    'Where connections must not go, comma-separated: names, also `*.internal`, addresses, subnets such as `10.0.0.0/8`, ports such as `:6379`.',
  ),
  GEMEL_CONNECTIONS_MAX_SOURCES: limit(4, 1_000).describe('Most sources of a connection.'),
  GEMEL_CONNECTIONS_MAX_TARGETS: limit(4, 1_000).describe('Most targets of a connection.'),
  GEMEL_CONNECTIONS_MAX_LISTED: limit(100, 100_000).describe(
    'Most connections that are listed at once; IDs are listed all.',
  ),
  GEMEL_CONNECTIONS_LOGS_MS: limit(3_600_000, 604_800_000).describe(
    'How long a connection keeps logs after it was created or opened, or somebody has asked for them.',
  ),
  GEMEL_CONNECTIONS_MESSAGES_PER_SECOND: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000_000)
    .default(0)
    .describe('Most messages a second that come in on each client of a connection, later ones wait; 0 sets no bound.'),
  GEMEL_HTTP_PROXY_URL: z
    .string()
    .regex(/^(?:|http:\/\/(?:[^@\s/]+@)?(?:\[[0-9a-fA-F:.]+\]|[^:/@\s]+)(?::\d{1,5})?\/?)$/, {
      message: 'it must be like http://user:password@host:port',
    })
    .default('')
    .describe(
      'HTTP proxy through which connections of the type `http-push` go, `http://user:password@host:port`; empty means directly.',
    ),
  GEMEL_JAVASCRIPT_MODULES_DIR: z
    .string()
    .default('')
    .describe('Folder of CommonJS modules that scripts of connections may `require`; empty for none.'),
  ...honoSettings,
};

export interface ManagementSettings extends HonoSettings {
  readonly GEMEL_CONNECTIONS_ENCRYPTION_KEY: string;
  readonly GEMEL_CONNECTIONS_OLD_ENCRYPTION_KEY: string;
  readonly GEMEL_CONNECTIONS_BLOCKED_HOSTS: readonly string[];
  readonly GEMEL_CONNECTIONS_MAX_SOURCES: number;
  readonly GEMEL_CONNECTIONS_MAX_TARGETS: number;
  readonly GEMEL_CONNECTIONS_MAX_LISTED: number;
  readonly GEMEL_CONNECTIONS_LOGS_MS: number;
  readonly GEMEL_CONNECTIONS_MESSAGES_PER_SECOND: number;
  readonly GEMEL_HTTP_PROXY_URL: string;
  readonly GEMEL_JAVASCRIPT_MODULES_DIR: string;
}

function key() {
  return z
    .string()
    .regex(/^(?:|[A-Za-z0-9+/]{43}=)$/, {
      message: 'it must be 32 bytes in base64, as `openssl rand -base64 32` prints them',
    })
    .default('');
}

function limit(usual: number, most: number) {
  return z.coerce.number().int().min(1).max(most).default(usual);
}
