import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { FullQueue, OpenFullQueue } from './full-queue.js';

/** A server that declines all until there is room. @param status what it says meanwhile */
export const httpFullServer =
  (status: 429 | 502 | 503): OpenFullQueue =>
  async (): Promise<FullQueue> => {
    const taken: string[] = [];
    let hasRoom = false;
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        if (hasRoom) taken.push(body);
        response.writeHead(hasRoom ? 204 : status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return {
      connection: { connectionType: 'http-push', uri: `http://127.0.0.1:${String(port)}` },
      address: 'POST:/{{ thing:name }}',
      complaint: new RegExp(String(status)),
      makeRoom: async () => {
        hasRoom = true;
      },
      taken,
      close: async () => {
        server.closeAllConnections();
        await new Promise<void>((resolve) => server.close(() => resolve()));
      },
    };
  };
