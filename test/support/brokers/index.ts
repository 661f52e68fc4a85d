import { artemisBroker } from './artemis-broker.js';
import type { BrokerTraits } from './broker.js';

import { httpServer } from './http-server.js';
import { kafkaBroker } from './kafka-broker.js';
import { mqttBroker } from './mqtt-broker.js';
import { rabbitmqBroker } from './rabbitmq-broker.js';

export { withCertificate, withPassword } from './guarded-broker.js';
export type { GuardedBroker } from './guarded-broker.js';
export { protocolMessages, textOf } from './broker.js';
export { FETCH_MS, recordsOf } from './kafka-records.js';
export { placedAt, placedBehindTls } from './placed-at.js';
export type {
  Addresses,
  Broker,
  BrokerPlace,
  BrokerTraits,
  Inbox,
  OpenBroker,
  Outbox,
  ProtocolMessage,
  Received,
} from './broker.js';

/** By what people call the way. */
export const BROKERS: Readonly<Record<string, BrokerTraits>> = {
  'MQTT 3.1.1': { open: mqttBroker('mqtt'), hasHeaders: false, takesAnyName: false },
  'MQTT 5': { open: mqttBroker('mqtt-5'), takesAnyName: false },
  'AMQP 0.9.1': { open: rabbitmqBroker, checksPasswords: true, knowsItsSources: true },
  'AMQP 1.0': { open: artemisBroker, checksPasswords: true },
  Kafka: { open: kafkaBroker, knowsItsSources: true },
  HTTP: { open: httpServer, hasSources: false },
};

export function brokerNamed(name: string): BrokerTraits {
  const traits = BROKERS[name];
  if (traits === undefined) throw new Error(`there is no ${name}`);
  return traits;
}
