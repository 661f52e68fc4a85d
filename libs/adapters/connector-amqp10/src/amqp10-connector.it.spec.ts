import { randomUUID } from 'node:crypto';
import { once } from 'node:events';

import type { InboundHandler } from '@gemel/application/ports';
import {
  describeConnecting,
  describeConnector,
  describeExternalConnector,
  openReplicas,
} from '@gemel/testkit/contracts';
import type { Delivery, OpenedExternalConnector } from '@gemel/testkit/contracts';
import { requiredVariable } from '@gemel/testkit/network';
import rhea from 'rhea';
import type { Connection, EventContext } from 'rhea';

import { amqp10Connector } from './amqp10-connector.js';
import { payloadOf } from './message-codec.js';

const broker = new URL(requiredVariable('ARTEMIS_URL'));
const server = { host: broker.hostname, port: Number(broker.port) };
const connector = amqp10Connector({ firstPauseMs: 1, longestPauseMs: 50, redeliveryPauseMs: 1 });
const traits = { patienceMs: 10_000 };

async function open(handler: InboundHandler): Promise<OpenedExternalConnector> {
  const base = `gemel-test-${randomUUID()}`;
  const authorizationContext = ['nginx:ditto'];
  const replicas = await openReplicas({
    connector,
    json: {
      id: base,
      connectionType: 'amqp-10',
      uri: broker.href.replace(/\/$/, ''),
      sources: [{ addresses: [`${base}-in`], authorizationContext }],
      targets: [{ address: `${base}-out/a`, topics: ['_/_/things/twin/events'], authorizationContext }],
    },
    handler,
    broker: server,
    ...traits,
  });
  const others = await connectOthers();
  const device = others.open_sender({ target: { address: `${base}-in`, capabilities: ['queue'] } });
  await once(device, 'sendable');
  return {
    ...replicas,
    inbox: `${base}-in`,
    outbox: `${base}-out`,
    sentTo: ({ address, headers }) => `${address}/${headers['subject'] ?? ''}`,
    send: async (address, payload) => {
      const [, subject = ''] = address.split('/');
      const body: unknown = rhea.message.data_section(Buffer.from(payload));
      await untilSendable(device);
      const delivery = device.send({ subject, body, durable: true });
      await new Promise<void>((resolve) => {
        const look = (context: EventContext) => {
          if (context.delivery !== delivery) return;
          device.removeListener('accepted', look);
          resolve();
        };
        device.setMaxListeners(0);
        device.on('accepted', look);
      });
    },
    consume: async () => {
      const deliveries: Delivery[] = [];
      const address = `${base}-out/a`;
      const receiver = others.open_receiver({ source: { address, capabilities: ['queue'] } });
      receiver.on('message', ({ message }: EventContext) => {
        if (message !== undefined) deliveries.push({ address, payload: payloadOf(message) });
      });
      await once(receiver, 'receiver_open');
      return deliveries;
    },
    close: async () => {
      await replicas.kill();
      others.close();
    },
  };
}

async function connectOthers(): Promise<Connection> {
  const container = rhea.create_container();
  const connection = container.connect({
    ...server,
    username: decodeURIComponent(broker.username),
    password: decodeURIComponent(broker.password),
    reconnect: false,
  });
  connection.on('disconnected', () => undefined);
  await once(connection, 'connection_open');
  return connection;
}

async function untilSendable(sender: { sendable(): boolean }): Promise<void> {
  while (!sender.sendable()) await new Promise((resolve) => setImmediate(resolve));
}

describeConnector('the AMQP 1.0 connector', open, traits);
describeExternalConnector('the AMQP 1.0 connector', open, traits);
describeConnecting('the AMQP 1.0 connector', {
  connector,
  server,
  json: {
    connectionType: 'amqp-10',
    sources: [{ addresses: ['gemel-test-connecting'], authorizationContext: ['nginx:ditto'] }],
  },
  schemes: { plain: 'amqp', secure: 'amqps' },
  account: `${broker.username}:${broker.password}`,
});
