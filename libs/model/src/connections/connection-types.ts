import type { Template } from '../placeholders/index.js';
import { amqp10AddressFault, exchangeTargetFault, queueFault } from './amqp-config.js';
import type { Schemes } from './connection-uri.js';
import type { CredentialsType, HmacAlgorithm } from './credentials.js';
import { honoSourceFault, honoTargetFault } from './hono-config.js';
import { httpTargetFault } from './http-push-config.js';
import { kafkaTargetFault, kafkaTopicFault } from './kafka-config.js';
import { mqttAddressFault, mqttFilterFault } from '../topics/index.js';
import type { Qos } from './qos.js';

/** What a type of connection allows. */
export interface TypeRules {
  /** Empty when it has no URI of its own. */
  readonly schemes: Schemes;
  /** What is wrong with the address of a source; undefined when nothing is. */
  readonly sourceFault: (address: string) => string | undefined;
  readonly targetFault: (address: Template) => string | undefined;
  /** Of sources and targets that name none; undefined when they must. */
  readonly qos: { readonly highest: Qos; readonly source: Qos | undefined; readonly target: Qos | undefined };
  readonly hasSources: boolean;
  readonly credentials: readonly [CredentialsType, ...CredentialsType[]];
  readonly algorithms: readonly HmacAlgorithm[];
}

const CERTIFICATES = { credentials: ['client-cert'], algorithms: [] } as const;

const MQTT: TypeRules = {
  schemes: { tcp: 1_883, mqtt: 1_883, ssl: 8_883, mqtts: 8_883, ws: 80, wss: 443 },
  sourceFault: mqttFilterFault,
  targetFault: mqttAddressFault,
  qos: { highest: 2, source: undefined, target: undefined },
  hasSources: true,
  ...CERTIFICATES,
};

const KAFKA: TypeRules = {
  schemes: { tcp: 9_092, ssl: 9_093 },
  sourceFault: kafkaTopicFault,
  targetFault: kafkaTargetFault,
  qos: { highest: 1, source: 0, target: 1 },
  hasSources: true,
  ...CERTIFICATES,
};

/** Every type that Ditto knows. */
export const CONNECTION_TYPES = {
  mqtt: MQTT,
  'mqtt-5': MQTT,
  'amqp-091': {
    schemes: { amqp: 5_672, amqps: 5_671 },
    sourceFault: queueFault,
    targetFault: exchangeTargetFault,
    qos: { highest: 2, source: 1, target: 1 },
    hasSources: true,
    ...CERTIFICATES,
  },
  'amqp-10': {
    schemes: { amqp: 5_672, amqps: 5_671 },
    sourceFault: amqp10AddressFault,
    targetFault: ({ text }) => amqp10AddressFault(text),
    qos: { highest: 2, source: 1, target: 1 },
    hasSources: true,
    credentials: ['client-cert', 'hmac'],
    algorithms: ['az-sasl'],
  },
  hono: { ...KAFKA, schemes: {}, sourceFault: honoSourceFault, targetFault: honoTargetFault },
  'http-push': {
    schemes: { http: 80, https: 443 },
    sourceFault: () => undefined,
    targetFault: httpTargetFault,
    qos: { highest: 2, source: 1, target: 1 },
    hasSources: false,
    credentials: ['client-cert', 'hmac', 'oauth-client-credentials', 'oauth-password'],
    algorithms: ['aws4-hmac-sha256', 'az-monitor-2016-04-01', 'az-sasl'],
  },
  kafka: KAFKA,
} satisfies Readonly<Record<string, TypeRules>>;

export type ConnectionType = keyof typeof CONNECTION_TYPES;

export function isConnectionType(type: string): type is ConnectionType {
  return Object.hasOwn(CONNECTION_TYPES, type);
}
