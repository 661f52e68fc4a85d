import { z } from 'zod';
import { flag } from './fields.js';

/** Where the Kafka of an Eclipse Hono is, for connections of the type `hono`. */
export const honoSettings = {
  GEMEL_HONO_URI: z
    .string()
    .regex(/^(?:|(?:tcp|ssl):\/\/\S+)$/, { message: 'it must be like tcp://user:password@host:port' })
    .default('')
    .describe(
      'Kafka of an Eclipse Hono, `tcp://user:password@host:port` (`ssl://` with TLS): what connections of the type `hono` connect to; empty leaves them closed.',
    ),
  GEMEL_HONO_BOOTSTRAP_SERVERS: z
    .string()
    .default('')
    .describe('Further brokers of that Kafka, `host:port` separated by commas.'),
  GEMEL_HONO_SASL_MECHANISM: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
    .default('plain')
    .describe('How user and password are shown to that Kafka.'),
  GEMEL_HONO_VALIDATE_CERTIFICATES: flag(true).describe('Whether the certificates of that Kafka are checked.'),
  GEMEL_HONO_CA: z
    .string()
    .default('')
    .describe('Certificates (PEM) that are trusted for that Kafka; empty means the public ones.'),
};

export interface HonoSettings {
  readonly GEMEL_HONO_URI: string;
  readonly GEMEL_HONO_BOOTSTRAP_SERVERS: string;
  readonly GEMEL_HONO_SASL_MECHANISM: string;
  readonly GEMEL_HONO_VALIDATE_CERTIFICATES: boolean;
  readonly GEMEL_HONO_CA: string;
}
