import { DIRECT } from '@gemel/application/ports';
import type { Connector } from '@gemel/application/ports';
import { isOfType } from '@gemel/model/connections';

import { openAmqp10Connection } from './amqp10-connection.js';
import { DEFAULT_OPTIONS } from './amqp10-options.js';
import type { Amqp10ConnectorOptions } from './amqp10-options.js';

/** Opens connections of the type `amqp-10`. */
export function amqp10Connector(options: Partial<Amqp10ConnectorOptions> = {}): Connector {
  const all = { ...DEFAULT_OPTIONS, ...options };
  return {
    open: async (connection, handler, observer, route = DIRECT) => {
      if (!isOfType(connection, 'amqp-10')) throw new TypeError(`'${connection.type}' is no AMQP 1.0`);
      return openAmqp10Connection(connection, handler, observer, { options: all, route });
    },
  };
}
