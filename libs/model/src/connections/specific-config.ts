import { readAmqp10Config } from './amqp-config.js';
import type { Amqp10Config } from './amqp-config.js';
import type { ConfigReader } from './config-reader.js';
import type { ConnectionType } from './connection-types.js';
import type { ConnectionUri } from './connection-uri.js';
import { readHonoConfig } from './hono-config.js';
import type { HonoConfig } from './hono-config.js';
import { readHttpPushConfig } from './http-push-config.js';
import type { HttpPushConfig } from './http-push-config.js';
import { readKafkaConfig } from './kafka-config.js';
import type { KafkaConfig } from './kafka-config.js';
import { readMqttConfig } from './mqtt-config.js';
import type { MqttConfig } from './mqtt-config.js';

/** Type of connection and its own settings. */
export type SpecificPart =
  | { readonly type: 'mqtt' | 'mqtt-5'; readonly specificConfig: MqttConfig }
  | { readonly type: 'amqp-10'; readonly specificConfig: Amqp10Config }
  | { readonly type: 'amqp-091'; readonly specificConfig: NoConfig }
  | { readonly type: 'http-push'; readonly specificConfig: HttpPushConfig }
  | { readonly type: 'hono'; readonly specificConfig: HonoConfig }
  | { readonly type: 'kafka'; readonly specificConfig: KafkaConfig };

/** A type without settings of its own. */
export type NoConfig = Readonly<Record<string, never>>;

/** @param reader of the `specificConfig`, of an empty one when there is none */
export function readSpecificPart(
  type: ConnectionType,
  connectionId: string,
  uri: ConnectionUri,
  reader: ConfigReader,
): SpecificPart {
  switch (type) {
    case 'mqtt':
    case 'mqtt-5':
      return { type, specificConfig: readMqttConfig(connectionId, reader) };
    case 'kafka':
      return { type, specificConfig: readKafkaConfig(connectionId, uri, reader) };
    case 'amqp-10':
      return { type, specificConfig: readAmqp10Config(connectionId, reader) };
    case 'amqp-091':
      return { type, specificConfig: {} };
    case 'http-push':
      return { type, specificConfig: readHttpPushConfig(reader) };
    case 'hono':
      return { type, specificConfig: readHonoConfig(connectionId, reader) };
  }
}
