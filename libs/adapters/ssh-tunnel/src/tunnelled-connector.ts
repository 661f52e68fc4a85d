import type { Connector, OpenConnector } from '@gemel/application/ports';

import { OpenTunnel } from './ssh-tunnel.js';

/** Opens connections directly, or through an SSH server where they say so. */
export function tunnelledConnector(direct: Connector): Connector {
  return {
    open: async (connection, handler, observer, route) => {
      const { sshTunnel } = connection;
      if (sshTunnel === undefined) return direct.open(connection, handler, observer, route);
      const tunnel = new OpenTunnel(sshTunnel);
      const opened = await direct.open(connection, handler, observer, (place) => tunnel.route(place));
      return withTunnel(opened, tunnel);
    },
  };
}

function withTunnel(opened: OpenConnector, tunnel: OpenTunnel): OpenConnector {
  return {
    publish: (message) => opened.publish(message),
    hasReceivers: () => opened.hasReceivers(),
    status: () => opened.status(),
    close: async (deadlineMs) => {
      await opened.close(deadlineMs);
      await tunnel.close();
    },
  };
}
