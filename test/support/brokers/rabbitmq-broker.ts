import { connect } from 'amqplib';
import { requiredVariable } from '@gemel/testkit/network';
import type { Broker, OpenBroker, Received } from './broker.js';

/** RabbitMQ, or whatever `RABBITMQ_URL` names. */
export const rabbitmqBroker: OpenBroker = async (namespace, addresses): Promise<Broker> => {
  const url = new URL(requiredVariable('RABBITMQ_URL', addresses));
  const others = await connect(url.href);
  others.on('error', () => undefined);
  const channel = await others.createConfirmChannel();
  channel.on('error', () => undefined);
  const queues: string[] = [];
  const exchanges: string[] = [];
  const uri = (password: string) =>
    `amqp://${url.username}:${password}@${url.host}${url.pathname === '/' ? '' : url.pathname}`;
  return {
    connection: { connectionType: 'amqp-091', uri: uri(url.password) },
    refused: { uri: uri('swordfish') },
    absent: {
      sources: [{ addresses: [`${namespace}-absent`], authorizationContext: ['nginx:ditto'] }],
    },
    takenStatus: 200,
    enforcement: () => ({ input: '{{ header:device_id }}', filters: ['{{ thing:name }}'] }),
    inbox: async (name) => {
      const queue = `${namespace}-${name}`;
      await channel.assertQueue(queue);
      queues.push(queue);
      return {
        address: queue,
        send: (key, payload, headers = {}) => {
          const { 'content-type': contentType, 'correlation-id': correlationId, ...rest } = headers;
          const properties = {
            persistent: true,
            headers: { device_id: key, ...rest },
            ...(contentType === undefined ? undefined : { contentType }),
            ...(correlationId === undefined ? undefined : { correlationId }),
          };
          return new Promise((resolve, reject) => {
            channel.sendToQueue(queue, Buffer.from(payload), properties, (error: unknown) => {
              if (error === null || error === undefined) resolve();
              else reject(new Error('not confirmed'));
            });
          });
        },
      };
    },
    outbox: async (name, pauseMs = 0) => {
      const exchange = `${namespace}-${name}`;
      await channel.assertExchange(exchange, 'topic');
      exchanges.push(exchange);
      const { queue } = await channel.assertQueue(`${namespace}-${name}-seen`);
      queues.push(queue);
      await channel.bindQueue(queue, exchange, '#');
      const received: Received[] = [];
      if (pauseMs > 0) await channel.prefetch(1);
      await channel.consume(queue, (message) => {
        if (message === null) return;
        const { fields, content, properties } = message;
        const { contentType, correlationId, headers = {} } = parseProperties(properties);
        const take = () => {
          channel.ack(message);
          received.push({
            address: `${fields.exchange}/${fields.routingKey}`,
            payload: content,
            headers: textsOf({ ...headers, 'content-type': contentType, 'correlation-id': correlationId }),
          });
        };
        if (pauseMs > 0) setTimeout(take, pauseMs);
        else take();
      });
      return { address: (tail) => `${exchange}/${tail}`, received };
    },
    consumers: async (queue) => (await channel.checkQueue(queue)).consumerCount,
    close: async (forgets = true) => {
      if (!forgets) return others.close();
      for (const queue of queues) await channel.deleteQueue(queue);
      for (const exchange of exchanges) await channel.deleteExchange(exchange);
      await others.close();
    },
  };
};

interface Properties {
  readonly contentType?: string;
  readonly correlationId?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
}

function parseProperties(properties: unknown): Properties {
  return properties as Properties;
}

function textsOf(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const set = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set.map(([name, value]) => [name.toLowerCase(), String(value)]));
}
