import { DIRECT } from '@gemel/application/ports';
import type { Connector } from '@gemel/application/ports';
import { isOfType } from '@gemel/model/connections';

import { HttpPushConnection } from './http-push-connection.js';
import { DEFAULT_OPTIONS } from './http-push-options.js';
import type { HttpPushConnectorOptions } from './http-push-options.js';

/** Opens connections of the type `http-push`; nothing comes in on them. */
export function httpPushConnector(options: Partial<HttpPushConnectorOptions> = {}): Connector {
  const all = { ...DEFAULT_OPTIONS, ...options };
  return {
    open: async (connection, _handler, observer, route = DIRECT) => {
      if (!isOfType(connection, 'http-push')) throw new TypeError(`'${connection.type}' is no HTTP push`);
      const opened = new HttpPushConnection(connection, observer, all, route);
      opened.start();
      return opened;
    },
  };
}
