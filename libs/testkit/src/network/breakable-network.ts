import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { Transform } from 'node:stream';

/** A way to a server that can be cut and healed. */
export interface BreakableNetwork {
  /** On 127.0.0.1; leads to the server. */
  readonly port: number;
  /** Ends all connections, and those that come from now on. */
  cut(): void;
  /** Brings nothing any more, in either direction, and tells nobody: a cable that was pulled. */
  stall(): void;
  /** Brings what the server answers so much later: a server that has too much to do. Milliseconds. */
  delay(ms: number): void;
  /** What was held back comes now, and nothing is delayed. */
  heal(): void;
  close(): Promise<void>;
}

/** @param port of the server; a function where that is known only later */
export async function openBreakableNetwork(host: string, port: number | (() => number)): Promise<BreakableNetwork> {
  const sockets = new Set<Socket>();
  let isCut = false;
  let isStalled = false;
  let delayMs = 0;
  const delayed = () =>
    new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        if (delayMs === 0) done(null, chunk);
        else setTimeout(done, delayMs, null, chunk);
      },
    });
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    keep(near);
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect({ host, port: typeof port === 'number' ? port : port() });
    keep(far);
    near.pipe(far).pipe(delayed()).pipe(near);
    if (isStalled) for (const socket of [near, far]) socket.pause();
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const destroyAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: portOf(server.address()),
    cut: () => {
      isCut = true;
      destroyAll();
    },
    stall: () => {
      isStalled = true;
      for (const socket of sockets) socket.pause();
    },
    delay: (ms) => {
      delayMs = ms;
    },
    heal: () => {
      isCut = isStalled = false;
      delayMs = 0;
      for (const socket of sockets) socket.resume();
    },
    close: async () => {
      destroyAll();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen on a port');
  return address.port;
}
