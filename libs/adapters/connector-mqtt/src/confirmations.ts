import type { Qos } from '@gemel/model/connections';

/** A message that the broker waits to hear about. */
export interface Unconfirmed {
  readonly messageId: number;
  readonly qos: Qos;
  readonly topic: string;
  readonly payload: Uint8Array;
  state: 'handling' | 'handled' | 'rejected';
}

/**
 * Confirms what was received on one network connection in the order of arrival [MQTT-4.6.0-2]; nothing beyond a message
 * that was rejected.
 */
export class Confirmations {
  readonly #waiting: Unconfirmed[] = [];
  #head = 0;

  constructor(private readonly confirm: (message: Unconfirmed) => void) {}

  add(message: Unconfirmed): void {
    this.#waiting.push(message);
  }

  /** After the state of a message has changed. */
  flush(): void {
    for (let next = this.#waiting[this.#head]; next?.state === 'handled'; next = this.#waiting[this.#head]) {
      this.#head++;
      this.confirm(next);
    }
    if (this.#head > 1_024 || this.#head === this.#waiting.length) {
      this.#waiting.splice(0, this.#head);
      this.#head = 0;
    }
  }
}
