import { Readable } from 'node:stream';

/** Events that may wait for a slow client (Ditto: 100). */
const MAX_WAITING = 100;
/** An empty event follows each such silence, in milliseconds, so that proxies keep the connection (Ditto: 1 s). */
const HEARTBEAT_MS = 1_000;

/** A body of server-sent events. Ends by itself when the client goes away or does not keep up. */
export class EventStream extends Readable {
  readonly #heartbeat: NodeJS.Timeout;
  #onClose: (() => void) | undefined;
  #ended = false;

  constructor(private readonly onTooSlow: () => void) {
    super({ objectMode: true, highWaterMark: MAX_WAITING, read: () => undefined });
    this.#heartbeat = setTimeout(() => this.send(''), HEARTBEAT_MS);
  }

  /** Called once, when the stream has ended for whatever reason. */
  onClose(listener: () => void): void {
    this.#onClose = listener;
  }

  /** @param data one line */
  send(data: string): void {
    if (this.destroyed || this.#ended) return;
    if (this.readableLength >= MAX_WAITING) {
      this.onTooSlow();
      this.destroy();
      return;
    }
    this.push(`data:${data}\n\n`);
    this.#heartbeat.refresh();
  }

  /** Lets the client read what is waiting, then ends. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#heartbeat);
    this.push(null);
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    clearTimeout(this.#heartbeat);
    this.#onClose?.();
    callback(error);
  }
}
