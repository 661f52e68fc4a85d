import { Readable } from 'node:stream';

/** Events that may wait for a slow client (Ditto: 100); more may for a moment, since they come in bursts. */
const MAX_WAITING = 100;
const MOMENT_MS = 2_000;
/** Of such a burst, in characters. */
const MAX_BURST_LENGTH = 16_777_216;
/** An empty event follows each such silence, in milliseconds, so that proxies keep the connection (Ditto: 1 s). */
const HEARTBEAT_MS = 1_000;

/** A body of server-sent events. Ends by itself when the client goes away or does not keep up. */
export class EventStream extends Readable {
  readonly #heartbeat: NodeJS.Timeout;
  #onClose: (() => void) | undefined;
  #onRoom: (() => void) | undefined;
  #ended = false;
  /** When more than may wait began to wait; undefined when it does not. */
  #fullSince: number | undefined;
  /** Characters sent since then. */
  #sinceFull = 0;

  constructor(private readonly onTooSlow: () => void) {
    super({ objectMode: true, highWaterMark: MAX_WAITING, read: () => this.#tellRoom() });
    this.#heartbeat = setTimeout(() => this.send(''), HEARTBEAT_MS);
  }

  /** Called once, when the stream has ended for whatever reason. */
  onClose(listener: () => void): void {
    this.#onClose = listener;
  }

  /** Resolves when the client has taken most of what was waiting, or when the stream has ended: false then. */
  async hasRoom(): Promise<boolean> {
    while (this.readableLength > MAX_WAITING / 2 && !this.destroyed && !this.#ended) {
      await new Promise<void>((resolve) => (this.#onRoom = resolve));
    }
    return !this.destroyed && !this.#ended;
  }

  /** @param fields one line each: the name of the event, the id that a client names when it comes back */
  send(data: string, { event, id }: { readonly event?: string; readonly id?: string } = {}): void {
    if (this.destroyed || this.#ended) return;
    if (this.#isTooSlow()) {
      this.onTooSlow();
      this.destroy();
      return;
    }
    const text = /[\r\n]/.test(data) ? data.replaceAll(/\r\n|\r|\n/g, '\ndata:') : data;
    const name = event === undefined ? '' : `event:${event}\n`;
    const message = `data:${text}\n${name}${id === undefined ? '' : `id:${id}\n`}\n`;
    this.#sinceFull += message.length;
    this.push(message);
    this.#heartbeat.refresh();
  }

  /** Lets the client read what is waiting, then ends. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#heartbeat);
    this.push(null);
    this.#tellRoom();
  }

  #isTooSlow(): boolean {
    if (this.readableLength < MAX_WAITING) {
      this.#fullSince = undefined;
      this.#sinceFull = 0;
      return false;
    }
    const now = performance.now();
    this.#fullSince ??= now;
    return now - this.#fullSince > MOMENT_MS || this.#sinceFull > MAX_BURST_LENGTH;
  }

  #tellRoom(): void {
    const tell = this.#onRoom;
    this.#onRoom = undefined;
    tell?.();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    clearTimeout(this.#heartbeat);
    this.#tellRoom();
    this.#onClose?.();
    callback(error);
  }
}
