import type { ConnectorObserver, InboundHandler, OpenConnector, Route } from '@gemel/application/ports';
import { KeptConnection, KeptConnector } from '@gemel/connector-parts';

import { Consumption } from './consumption.js';
import { kafkaFault } from './faults.js';
import type { KafkaType } from './kafka-client.js';
import type { KafkaConnectorOptions } from './kafka-options.js';
import { KafkaSession } from './kafka-session.js';
import { Outlet } from './outlet.js';

/** One Kafka connection, which begins to connect: consumers for its sources, a producer for its targets. */
export function openKafkaConnection(
  connection: KafkaType,
  handler: InboundHandler,
  observer: ConnectorObserver,
  { options, route }: { readonly options: KafkaConnectorOptions; readonly route: Route },
): OpenConnector {
  const { firstPauseMs, longestPauseMs } = options;
  let session: KafkaSession | undefined;
  const consumers = Math.max(1, ...connection.sources.map(({ consumerCount }) => consumerCount));
  const consumptions = Array.from(
    { length: consumers },
    (_, index) => new Consumption(connection, handler, options, { index, onSuccess: () => kept.succeeded() }),
  );
  const outlet = new Outlet({
    debugEnabled: connection.specificConfig.debugEnabled,
    onFailure: () => session?.probe(),
    hasTopic: async (topic) => (await session?.hasTopic(topic)) ?? true,
    renew: () => kept.reconnect(0, 'a topic that was sent to is gone'),
  });
  const kept = new KeptConnection({
    connect: async (signal) => {
      session = await KafkaSession.open({ connection, options, route, consumptions, outlet }, signal);
      return session;
    },
    faultOf: (error) => kafkaFault(error, consumptions[0]?.topics),
    firstPauseMs,
    longestPauseMs,
    failoverEnabled: connection.failoverEnabled,
    onStatus: observer,
  });
  kept.start();
  const drain = async (): Promise<void> => {
    await Promise.all(consumptions.map((consumption) => consumption.drain()));
  };
  // Leaving the group takes longer than a good-bye.
  return new KeptConnector({ kept, outlet, drain, leavingMs: 2_000 });
}
