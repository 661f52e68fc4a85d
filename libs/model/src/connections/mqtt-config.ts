import type { ConfigReader } from './config-reader.js';
import { mqttFilterFault } from './mqtt-topics.js';
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
export function readMqttConfig(connectionId: string, reader: ConfigReader | undefined): MqttConfig {
  const clientId = reader?.optionalText('clientId') ?? `gemel-${connectionId}`;
  // Gemel always does: the member is read so that Ditto's connections open.
  reader?.boolean('reconnectForRedelivery', true);
  return {
    clientId,
    publisherId: reader?.optionalText('publisherId') ?? `${clientId}p`,
    separatePublisherClient: reader?.boolean('separatePublisherClient', false) ?? false,
    cleanSession: reader?.boolean('cleanSession', false) ?? false,
    reconnectForRedeliveryDelayMs:
      reader === undefined ? 2_000 : duration(reader, 'reconnectForRedeliveryDelay', 2_000),
    keepAliveSeconds: reader === undefined ? 60 : Math.ceil(duration(reader, 'keepAlive', 60_000) / 1_000),
    lastWill: reader && readLastWill(reader),
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

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const LONGEST_MS = 65_535_000;

/** In milliseconds; a number without a unit means seconds. */
function duration(reader: ConfigReader, name: string, otherwise: number): number {
  const text = reader.textOrNumber(name);
  if (text === undefined) return otherwise;
  const [, digits = '', unit = 's'] = /^(\d{1,9})\s*(ms|s|m|h)?$/.exec(text) ?? [];
  const ms = digits === '' ? Number.NaN : Number(digits) * (UNITS[unit] ?? 1);
  if (ms <= LONGEST_MS) return ms;
  reader.fault(name, "must be a time such as '60s', up to 65535 seconds");
  return otherwise;
}
