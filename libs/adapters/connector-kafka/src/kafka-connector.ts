import { DIRECT } from '@gemel/application/ports';
import type { Connector } from '@gemel/application/ports';
import { isOfType } from '@gemel/model/connections';

import { openKafkaConnection } from './kafka-connection.js';
import { DEFAULT_OPTIONS } from './kafka-options.js';
import type { KafkaConnectorOptions } from './kafka-options.js';

/** Opens connections of the type `kafka`. */
export function kafkaConnector(options: Partial<KafkaConnectorOptions> = {}): Connector {
  const all = { ...DEFAULT_OPTIONS, ...options };
  return {
    open: async (connection, handler, observer, route = DIRECT) => {
      if (!isOfType(connection, 'kafka')) throw new TypeError(`'${connection.type}' is no Kafka`);
      return openKafkaConnection(connection, handler, observer, { options: all, route });
    },
  };
}
