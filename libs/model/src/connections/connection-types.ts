import type { Template } from '../placeholders/index.js';
import type { Schemes } from './connection-uri.js';
import { mqttAddressFault, mqttFilterFault } from './mqtt-topics.js';

/** What a type of connection allows. */
export interface TypeRules {
  readonly schemes: Schemes;
  /** What is wrong with the address of a source; undefined when nothing is. */
  readonly sourceFault: (address: string) => string | undefined;
  readonly targetFault: (address: Template) => string | undefined;
}

const MQTT: TypeRules = {
  schemes: { tcp: 1_883, mqtt: 1_883, ssl: 8_883, mqtts: 8_883, ws: 80, wss: 443 },
  sourceFault: mqttFilterFault,
  targetFault: mqttAddressFault,
};

/** Every type that Ditto knows; undefined for those that cannot be opened yet. */
export const CONNECTION_TYPES = {
  mqtt: MQTT,
  'mqtt-5': MQTT,
  'amqp-091': undefined,
  'amqp-10': undefined,
  hono: undefined,
  'http-push': undefined,
  kafka: undefined,
} satisfies Readonly<Record<string, TypeRules | undefined>>;

type KnownType = keyof typeof CONNECTION_TYPES;
type Supported<Type extends KnownType> = (typeof CONNECTION_TYPES)[Type] extends TypeRules ? Type : never;

/** The types that can be opened. */
export type ConnectionType = { [Type in KnownType]: Supported<Type> }[KnownType];

export function isKnownType(type: string): type is KnownType {
  return Object.hasOwn(CONNECTION_TYPES, type);
}

export function isSupportedType(type: string): type is ConnectionType {
  return isKnownType(type) && CONNECTION_TYPES[type] !== undefined;
}
