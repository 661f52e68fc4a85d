import type { Route } from '@gemel/application/ports';
import { openSocket, tlsOptions } from '@gemel/connector-parts';
import { createKafka, saslOf } from '@gemel/kafka-parts';
import type { ConnectionOf } from '@gemel/model/connections';
import kafkajs from 'kafkajs';
import type { Kafka, KafkaConfig } from 'kafkajs';

import type { KafkaConnectorOptions } from './kafka-options.js';

export type KafkaType = ConnectionOf<'kafka'>;

export interface ClientParts {
  readonly connection: KafkaType;
  readonly options: KafkaConnectorOptions;
  readonly route: Route;
  /** A socket has ended. */
  readonly onSocketClosed: () => void;
}

/** Few tries of its own: whoever holds the client connects again himself. */
const RETRY = { initialRetryTime: 50, maxRetryTime: 500, factor: 0, multiplier: 2, retries: 2 };

export function kafkaClient({ connection, options, route, onSocketClosed }: ClientParts): Kafka {
  const { uri, specificConfig } = connection;
  const isSecure = uri.scheme === 'ssl';
  const config: KafkaConfig = {
    brokers: [...specificConfig.bootstrapServers],
    clientId: `gemel-${connection.id}`,
    connectionTimeout: options.connectTimeoutMs,
    requestTimeout: options.requestTimeoutMs,
    enforceRequestTimeout: true,
    retry: RETRY,
    logLevel: kafkajs.logLevel.NOTHING,
    socketFactory: ({ host, port, onConnect }) => {
      const tls = isSecure ? tlsOptions(connection, host) : undefined;
      const socket = openSocket({ host, port }, route, tls, onConnect);
      socket.once('close', onSocketClosed);
      return socket;
    },
  };
  if (uri.username !== undefined && uri.password !== undefined) {
    const { username, password } = uri;
    config.sasl = saslOf({ mechanism: specificConfig.saslMechanism, username, password });
  }
  return createKafka(config);
}
