import type { ConfigReader } from './config-reader.js';
import { readDuration } from './duration.js';
import { mqttFilterFault } from '../topics/index.js';
import { readQos } from './qos.js';
import type { Qos } from './qos.js';

/** The `specificConfig` of MQTT connections. */
export interface MqttConfig {
  /** Stable, so that the broker keeps the session whichever replica connects; `gemel-<connection id>` by default. */
  readonly clientId: string;
  /** Of the client that publishes, when it is one of its own. */
  readonly publisherId: string;
  readonly separatePublisherClient: boolean;
  /** True: what arrives while nobody is connected is lost. */
  readonly cleanSession: boolean;
  /** Before it connects again to be sent what it could not handle. */
  readonly reconnectForRedeliveryDelayMs: number;
  /** 0 means never. */
  readonly keepAliveSeconds: number;
  readonly lastWill: LastWill | undefined;
}

export interface LastWill {
  readonly topic: string;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly message: string;
}

/** Values may be texts, as Ditto has them. */
export function readMqttConfig(connectionId: string, reader: ConfigReader): MqttConfig {
  const clientId = reader.optionalText('clientId') ?? `gemel-${connectionId}`;
  // Gemel always does: the member is read so that Ditto's connections open.
  reader.boolean('reconnectForRedelivery', true);
  return {
    clientId,
    publisherId: reader.optionalText('publisherId') ?? `${clientId}p`,
    separatePublisherClient: reader.boolean('separatePublisherClient', false),
    cleanSession: reader.boolean('cleanSession', false),
    reconnectForRedeliveryDelayMs: duration(reader, 'reconnectForRedeliveryDelay', 2_000),
    keepAliveSeconds: Math.ceil(duration(reader, 'keepAlive', 60_000) / 1_000),
    lastWill: readLastWill(reader),
  };
}

function readLastWill(reader: ConfigReader): LastWill | undefined {
  const topic = reader.optionalText('lastWillTopic');
  const qos = readQos(reader, 'lastWillQos', 0);
  const retain = reader.boolean('lastWillRetain', false);
  const message = reader.optionalText('lastWillMessage') ?? '';
  if (topic === undefined) return undefined;
  if (mqttFilterFault(topic) !== undefined || /[+#]/.test(topic)) {
    reader.fault('lastWillTopic', 'must be an MQTT topic name');
  }
  return { topic, qos, retain, message };
}

const LONGEST_MS = 65_535_000;

function duration(reader: ConfigReader, name: string, otherwise: number): number {
  const ms = readDuration(reader, name, otherwise);
  if (ms <= LONGEST_MS) return ms;
  reader.fault(name, 'must be at most 65535 seconds');
  return otherwise;
}
