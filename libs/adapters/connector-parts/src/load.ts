export interface LoadLimits {
  /** Messages received and not handled yet. */
  readonly messagesInFlight: number;
  /** Payload bytes of those. */
  readonly bytesInFlight: number;
}

/** What a connection has taken and not handled: beyond its limits nothing more is read. */
export class Load {
  #messages = 0;
  #bytes = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly limits: LoadLimits) {}

  get isFull(): boolean {
    return this.#messages >= this.limits.messagesInFlight || this.#bytes >= this.limits.bytesInFlight;
  }

  get messages(): number {
    return this.#messages;
  }

  add(bytes: number): void {
    this.#messages++;
    this.#bytes += bytes;
  }

  remove(bytes: number): void {
    this.#messages--;
    this.#bytes -= bytes;
    if (this.isFull || this.#waiting.length === 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves when more may be read. */
  async room(): Promise<void> {
    while (this.isFull) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves when nothing is under way. */
  async drained(): Promise<void> {
    while (this.#messages > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
