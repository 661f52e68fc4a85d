import { z } from 'zod';
import { requiredList } from './fields.js';

/** Where the log, things and policies of a cluster are. */
export const mongoSettings = {
  GEMEL_MONGODB_URL: z
    .string()
    .regex(/^mongodb(?:\+srv)?:\/\//, { message: 'it must begin with mongodb:// or mongodb+srv://' })
    .describe('Where MongoDB is, `mongodb://…`, with user and password if it asks for them.'),
  GEMEL_MONGODB_DATABASE: z
    .string()
    .regex(/^[\w-]{1,63}$/, { message: 'it must be 1 to 63 letters, digits, _ or -' })
    .default('gemel')
    .describe('Database that holds events, things and policies.'),
  GEMEL_MONGODB_SELECTION_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(60_000)
    .default(2_000)
    .describe(
      'How long a request waits for a MongoDB that cannot be reached before it is answered 503. Longer than an ' +
        'election of a replica set takes, about 12 seconds, clients do not notice one.',
    ),
};

/** The services that the processes of a cluster share. */
export const clusterSettings = {
  ...mongoSettings,
  GEMEL_KAFKA_BROKERS: requiredList().describe('Where Kafka is: `host:port` of some brokers, comma-separated.'),
  GEMEL_KAFKA_TOPIC: z
    .string()
    .regex(/^[\w.-]{1,200}$/, { message: 'it must be 1 to 200 letters, digits, ., _ or -' })
    .default('gemel-events')
    .describe('Topic of the events of things and policies.'),
  GEMEL_INFLUXDB_URL: z
    .string()
    .regex(/^https?:\/\//, { message: 'it must begin with http:// or https://' })
    .describe('Where InfluxDB 2 is, `http://…`.'),
  GEMEL_INFLUXDB_TOKEN: z.string().min(1).describe('Token that may read and write the bucket, and create it.'),
  GEMEL_INFLUXDB_ORG: z.string().min(1).default('opentwins').describe('Organization that has the bucket.'),
  GEMEL_INFLUXDB_BUCKET: z.string().min(1).default('default').describe('Bucket of the history.'),
  GEMEL_REPLICA_NAME: z
    .string()
    .default('')
    .describe('Name of this process, unique in the cluster; when empty, the name of the machine and something random.'),
};

/** Where the connections of an ingest process are described. */
export const connectionSettings = {
  GEMEL_CONNECTIONS_FILE: z
    .string()
    .default('')
    .describe('JSON file with connections as Ditto describes them, one or an array; empty for none.'),
  GEMEL_MQTT_URL: z
    .string()
    .regex(/^(?:|(?:mqtts?|tcp|ssl|wss?):\/\/.+)$/, { message: 'it must begin with mqtt:// or mqtts://' })
    .default('')
    .describe(
      'MQTT broker of the default connection, `mqtt://user:password@host:port`; empty for none. Its topics are those ' +
        'of GEMEL_MQTT_SOURCES and GEMEL_MQTT_TARGET.',
    ),
};
