import type { Duplex } from 'node:stream';

/** Messages that were read and are not settled, of all clients. */
export interface InFlightLimits {
  readonly messagesPerClient: number;
  /** Payload bytes of all clients together. */
  readonly bytes: number;
}

/**
 * Back pressure: stops reading from a client that has too much under way, and from all when there is too much in total,
 * so that the kernel's buffers and then the senders wait.
 */
export class ReadGates {
  readonly #limits: InFlightLimits;
  readonly #held = new Set<ReadGate>();
  #bytes = 0;
  #messages = 0;
  #closed = false;
  #releasing = false;
  #idle: (() => void) | undefined;

  constructor(limits: InFlightLimits) {
    this.#limits = limits;
  }

  gate(connection: Duplex): ReadGate {
    return new ReadGate(this, connection);
  }

  get messages(): number {
    return this.#messages;
  }

  isOpen(gate: ReadGate): boolean {
    const open = !this.#closed && gate.messages < this.#limits.messagesPerClient && this.#bytes < this.#limits.bytes;
    if (!open) this.#held.add(gate);
    return open;
  }

  add(messages: number, bytes: number): void {
    this.#messages += messages;
    this.#bytes += bytes;
    if (this.#messages === 0) this.#idle?.();
    if (messages < 0 && this.#held.size > 0) this.#release();
  }

  forget(gate: ReadGate): void {
    this.#held.delete(gate);
  }

  /** Reads no more; resolves when every message under way is settled. */
  async drain(): Promise<void> {
    this.#closed = true;
    if (this.#messages === 0) return;
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
  }

  /** Once in a turn of the event loop, however many messages were settled in it. */
  #release(): void {
    if (this.#releasing) return;
    this.#releasing = true;
    setImmediate(() => {
      this.#releasing = false;
      for (const gate of [...this.#held]) {
        this.#held.delete(gate);
        if (this.isOpen(gate)) gate.reopen();
      }
    });
  }
}

/** One client's gate. It replaces the connection's `read`, which is what aedes takes its bytes with. */
export class ReadGate {
  readonly #gates: ReadGates;
  readonly #connection: Duplex;
  messages = 0;

  constructor(gates: ReadGates, connection: Duplex) {
    this.#gates = gates;
    this.#connection = connection;
    const read = connection.read.bind(connection);
    // Streams call read(0) themselves to keep their buffer filled; only taking bytes out is held back.
    connection.read = (size?: number): unknown => (size === 0 || gates.isOpen(this) ? read(size) : null);
    connection.once('close', () => {
      gates.forget(this);
    });
  }

  enter(bytes: number): void {
    this.messages++;
    this.#gates.add(1, bytes);
  }

  leave(bytes: number): void {
    this.messages--;
    this.#gates.add(-1, -bytes);
  }

  reopen(): void {
    if (!this.#connection.destroyed) this.#connection.emit('readable');
  }
}
