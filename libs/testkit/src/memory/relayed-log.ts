import { setTimeout as delay } from 'node:timers/promises';
import type { Change, EventBus, Guard, Position } from '@gemel/application/ports';
import { EventRelay } from '@gemel/application/relay';
import { MemoryStore } from './memory-store.js';

const BATCH = 1_000;
const RETRY_MS = 20;

/** A log in memory whose events a relay brings to a bus, in the background and again until the bus takes them. */
export class RelayedLog extends MemoryStore {
  readonly #relay: EventRelay;
  #position: Position = 0;
  #relaying: Promise<void> | undefined;
  #isClosed = false;

  constructor(bus: EventBus) {
    super();
    const positions = {
      readerPosition: () => Promise.resolve(this.#position),
      saveReaderPosition: () => Promise.resolve(),
    };
    const lease = { name: 'relay', token: 1, isHeld: () => true };
    this.#relay = new EventRelay(bus, positions, lease, { now: () => 0, sleep: () => Promise.resolve() });
  }

  override async append(changes: readonly Change[], guard?: Guard): Promise<void> {
    await super.append(changes, guard);
    this.#relaying ??= this.#run();
  }

  /** Last position that is on the bus. */
  get relayed(): Position {
    return this.#position;
  }

  /** Resolves when the relay stands still. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#relaying;
  }

  async #run(): Promise<void> {
    while (!this.#isClosed && this.#position < (await this.end())) {
      try {
        const events = await this.read(this.#position, BATCH);
        await this.#relay.handle(events);
        this.#position = events.at(-1)?.position ?? this.#position;
      } catch {
        await delay(RETRY_MS);
      }
    }
    this.#relaying = undefined;
  }
}
