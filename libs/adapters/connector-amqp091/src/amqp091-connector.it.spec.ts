import { randomUUID } from 'node:crypto';

import type { InboundHandler } from '@gemel/application/ports';
import {
  describeConnecting,
  describeConnector,
  describeExternalConnector,
  openReplicas,
} from '@gemel/testkit/contracts';
import type { Delivery, OpenedExternalConnector } from '@gemel/testkit/contracts';
import { requiredVariable } from '@gemel/testkit/network';
import { connect } from 'amqplib';

import { amqp091Connector } from './amqp091-connector.js';

const broker = new URL(requiredVariable('RABBITMQ_URL'));
const server = { host: broker.hostname, port: Number(broker.port) };
const connector = amqp091Connector({ firstPauseMs: 1, longestPauseMs: 50, redeliveryPauseMs: 1 });
const traits = { patienceMs: 10_000 };

async function open(handler: InboundHandler): Promise<OpenedExternalConnector> {
  const base = `gemel-test-${randomUUID()}`;
  const others = await connect(broker.href);
  const setUp = await others.createChannel();
  await setUp.assertQueue(`${base}-in`);
  await setUp.assertExchange(`${base}-out`, 'topic');
  const authorizationContext = ['nginx:ditto'];
  const replicas = await openReplicas({
    connector,
    json: {
      id: base,
      connectionType: 'amqp-091',
      uri: broker.href.replace(/\/$/, ''),
      sources: [{ addresses: [`${base}-in`], authorizationContext }],
      targets: [{ address: `${base}-out/a`, topics: ['_/_/things/twin/events'], authorizationContext }],
    },
    handler,
    broker: server,
    ...traits,
  });
  const device = await others.createConfirmChannel();
  return {
    ...replicas,
    inbox: `${base}-in`,
    outbox: `${base}-out`,
    sentTo: ({ address, headers }) => `${address}/${headers['message-id'] ?? ''}`,
    send: async (address, payload) => {
      const [queue = '', messageId = ''] = address.split('/');
      await new Promise<void>((resolve, reject) => {
        device.sendToQueue(queue, Buffer.from(payload), { persistent: true, messageId }, (error) => {
          if (error === null) resolve();
          else reject(new Error('not confirmed'));
        });
      });
    },
    consume: async () => {
      const deliveries: Delivery[] = [];
      const { queue } = await setUp.assertQueue('', { exclusive: true });
      await setUp.bindQueue(queue, `${base}-out`, '#');
      await setUp.consume(
        queue,
        (message) => {
          if (message === null) return;
          const { exchange, routingKey } = message.fields;
          deliveries.push({ address: `${exchange}/${routingKey}`, payload: message.content });
        },
        { noAck: true },
      );
      return deliveries;
    },
    close: async () => {
      await replicas.kill();
      await setUp.deleteQueue(`${base}-in`);
      await setUp.deleteExchange(`${base}-out`);
      await others.close();
    },
  };
}

describeConnector('the AMQP 0.9.1 connector', open, traits);
describeExternalConnector('the AMQP 0.9.1 connector', open, traits);
describeConnecting('the AMQP 0.9.1 connector', {
  connector,
  server,
  json: {
    connectionType: 'amqp-091',
    targets: [
      {
        address: 'amq.topic/a',
        topics: ['_/_/things/twin/events'],
        authorizationContext: ['nginx:ditto'],
      },
    ],
  },
  schemes: { plain: 'amqp', secure: 'amqps' },
  account: `${broker.username}:${broker.password}`,
  path: broker.pathname === '/' ? '' : broker.pathname,
  refused: { sources: [{ addresses: ['no-such-queue'], authorizationContext: ['nginx:ditto'] }] },
});
