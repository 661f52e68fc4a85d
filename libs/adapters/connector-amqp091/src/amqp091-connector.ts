import { DIRECT } from '@gemel/application/ports';
import type { Connector } from '@gemel/application/ports';
import { isOfType } from '@gemel/model/connections';

import { openAmqp091Connection } from './amqp091-connection.js';
import { DEFAULT_OPTIONS } from './amqp091-options.js';
import type { Amqp091ConnectorOptions } from './amqp091-options.js';

/** Opens connections of the type `amqp-091`. */
export function amqp091Connector(options: Partial<Amqp091ConnectorOptions> = {}): Connector {
  const all = { ...DEFAULT_OPTIONS, ...options };
  return {
    open: async (connection, handler, observer, route = DIRECT) => {
      if (!isOfType(connection, 'amqp-091')) throw new TypeError(`'${connection.type}' is no AMQP 0.9.1`);
      return openAmqp091Connection(connection, handler, observer, { options: all, route });
    },
  };
}
