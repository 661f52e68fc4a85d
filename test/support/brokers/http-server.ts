import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { Broker, OpenBroker, Received } from './broker.js';

/** A server that takes what is posted to it. */
export const httpServer: OpenBroker = async (namespace): Promise<Broker> => {
  const outboxes = new Map<string, Received[]>();
  let pauseMs = 0;
  const server = createServer((request, response) => {
    void take(request).then(() => response.writeHead(201).end());
  });
  const take = async (request: IncomingMessage) => {
    const { url = '', headers } = request;
    const payload = await buffer(request);
    const [, name = ''] = url.split('/');
    const texts = Object.entries(headers).map(([key, value]) => [key, String(value)]);
    if (pauseMs > 0) await pause(pauseMs);
    outboxes.get(name)?.push({ address: `POST:${url}`, payload, headers: Object.fromEntries(texts) });
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    connection: {
      connectionType: 'http-push',
      uri: `http://${namespace}:hunter2@127.0.0.1:${String(port)}`,
      specificConfig: { parallelism: '4' },
    },
    takenStatus: 201,
    enforcement: () => ({ input: '', filters: [] }),
    outbox: async (name, ms = 0) => {
      pauseMs = ms;
      const received: Received[] = [];
      outboxes.set(name, received);
      return { address: (tail) => `POST:/${name}/${tail}`, received };
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
