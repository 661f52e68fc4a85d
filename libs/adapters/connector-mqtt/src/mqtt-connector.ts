import { DIRECT } from '@gemel/application/ports';
import type { Connector } from '@gemel/application/ports';
import { isOfType } from '@gemel/model/connections';

import { DEFAULT_OPTIONS } from './connector-options.js';
import type { MqttConnectorOptions } from './connector-options.js';
import { MqttConnection } from './mqtt-connection.js';

/** Opens connections of the types `mqtt` (3.1.1) and `mqtt-5`. */
export function mqttConnector(options: Partial<MqttConnectorOptions> = {}): Connector {
  const all = { ...DEFAULT_OPTIONS, ...options };
  return {
    open: async (connection, handler, observer, route = DIRECT) => {
      if (!isOfType(connection, 'mqtt', 'mqtt-5')) throw new TypeError(`'${connection.type}' is no MQTT`);
      const opened = new MqttConnection(connection, handler, observer, { options: all, route });
      opened.start();
      return opened;
    },
  };
}
