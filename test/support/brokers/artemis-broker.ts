import { once } from 'node:events';
import rhea from 'rhea';
import type { Connection, EventContext, Message, Sender } from 'rhea';
import { requiredVariable } from '@gemel/testkit/network';
import type { Broker, Inbox, OpenBroker, Outbox, Received } from './broker.js';

/** Artemis, or whatever `ARTEMIS_URL` names. Addresses are queues; what differs between things is the namespace. */
export const artemisBroker: OpenBroker = async (namespace, addresses): Promise<Broker> => {
  const url = new URL(requiredVariable('ARTEMIS_URL', addresses));
  const others = await connectTo(url);
  const uri = (password: string) => `amqp://${url.username}:${password}@${url.host}`;
  return {
    connection: { connectionType: 'amqp-10', uri: uri(url.password) },
    refused: { uri: uri('swordfish') },
    takenStatus: 200,
    enforcement: () => ({ input: '{{ header:device_id }}', filters: ['{{ thing:name }}'] }),
    inbox: (name) => openInbox(others, `${namespace}-${name}`),
    outbox: (name, pauseMs) => openOutbox(others, namespace, name, pauseMs),
    close: async () => {
      const closed = once(others, 'connection_close');
      others.close();
      await closed;
    },
  };
};

async function openInbox(others: Connection, queue: string): Promise<Inbox> {
  const device = others.open_sender({ target: { address: queue, capabilities: ['queue'] } });
  device.setMaxListeners(0);
  await once(device, 'sendable');
  return {
    address: queue,
    send: async (key, payload, headers = {}) => {
      const { 'content-type': contentType, 'correlation-id': correlationId, ...rest } = headers;
      await untilSendable(device);
      const body: unknown =
        typeof payload === 'string' ? payload : (rhea.message.data_section(Buffer.from(payload)) as unknown);
      const delivery = device.send({
        body,
        durable: true,
        application_properties: { device_id: key, ...rest },
        ...(contentType === undefined ? undefined : { content_type: contentType }),
        ...(correlationId === undefined ? undefined : { correlation_id: correlationId }),
      });
      await new Promise<void>((resolve) => {
        const look = (context: EventContext) => {
          if (context.delivery !== delivery) return;
          device.removeListener('accepted', look);
          resolve();
        };
        device.on('accepted', look);
      });
    },
  };
}

async function openOutbox(others: Connection, namespace: string, name: string, pauseMs = 0): Promise<Outbox> {
  const address = `${namespace}-${name}`;
  const isSlow = pauseMs > 0;
  const pace = isSlow ? { credit_window: 0 } : {};
  const receiver = others.open_receiver({ source: { address, capabilities: ['queue'] }, ...pace });
  const received: Received[] = [];
  receiver.on('message', ({ message }: EventContext) => {
    if (message !== undefined) received.push({ address, payload: payloadOf(message), headers: headersOf(message) });
    if (isSlow) setTimeout(() => receiver.add_credit(1), pauseMs);
  });
  await once(receiver, 'receiver_open');
  if (isSlow) receiver.add_credit(1);
  return {
    address: (tail) => (tail.includes('{{') ? `${tail.replace('thing:name', 'thing:namespace')}-${name}` : address),
    received,
  };
}

function payloadOf({ body }: Message): Buffer {
  const { content } = parseBody(body);
  return content === undefined ? Buffer.from(String(body ?? '')) : Buffer.from(content);
}

function parseBody(body: unknown): { readonly content?: Uint8Array } {
  return typeof body === 'object' && body !== null ? body : {};
}

function headersOf(message: Message): Record<string, string> {
  const { application_properties: own = {}, content_type: contentType, correlation_id: correlationId } = message;
  const all: Record<string, unknown> = { ...own, 'content-type': contentType, 'correlation-id': correlationId };
  const set = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set.map(([key, value]) => [key.toLowerCase(), String(value)]));
}

async function connectTo(url: URL): Promise<Connection> {
  const connection = rhea.create_container().connect({
    host: url.hostname,
    port: Number(url.port),
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    reconnect: false,
  });
  connection.on('disconnected', () => undefined);
  await once(connection, 'connection_open');
  return connection;
}

async function untilSendable(sender: Sender): Promise<void> {
  while (!sender.sendable()) await new Promise((resolve) => setImmediate(resolve));
}
