import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

/** A way to InfluxDB that breaks as the test says. */
export class InfluxProxy {
  /** Bytes of each request's body. */
  readonly requestSizes: number[] = [];
  /** Bytes answered. */
  answered = 0;
  /** Requests get lost. */
  stalled = false;
  /** Connections end when so many bytes are answered. */
  cutAfter = Infinity;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  constructor(private readonly target: string) {}

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** On the same port each time. */
  async open(): Promise<void> {
    this.#server = createServer((client) => this.#connect(client));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
  }

  /** In the middle of whatever goes on. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    this.cut();
    await closed;
    this.stalled = false;
    this.cutAfter = Infinity;
  }

  #connect(client: Socket): void {
    const { hostname, port } = new URL(this.target);
    const upstream = connect(Number(port), hostname);
    client.on('data', (data) => {
      for (const [, size] of data.toString('latin1').matchAll(/content-length: (\d+)/gi))
        this.requestSizes.push(Number(size));
      if (!this.stalled) upstream.write(data);
    });
    upstream.on('data', (data) => {
      client.write(data);
      this.answered += data.length;
      if (this.answered > this.cutAfter) this.cut();
    });
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
  }
}
