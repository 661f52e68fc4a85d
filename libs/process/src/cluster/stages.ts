import type { Subscription } from '@gemel/application/ports';
import type { ClusterPorts, Core } from '@gemel/wiring';
import type { Stage } from '../running/index.js';

/** Streams to clients: they end before their connections do. */
export function eventStreams({ streams, live }: Core): Stage {
  return {
    name: 'event streams',
    stop: async () => {
      await Promise.all([streams.close(), live.hub.close()]);
    },
  };
}

/** Connections to the services; the last that ends. */
export function services(ports: ClusterPorts): Stage {
  return { name: 'services', stop: () => ports.close() };
}

/** Work that goes on from the start of the process to its end. */
export function work(name: string, start: () => readonly Subscription[]): Stage {
  let running: readonly Subscription[] = [];
  return {
    name,
    start: () => {
      running = start();
    },
    stop: async () => {
      await Promise.all(running.map((subscription) => subscription.stop()));
    },
  };
}
