import type { InboundMessage } from '../ports/index.js';

/** How often a message is carried out whose acknowledgements do not come. Ditto has no end. */
export const MOST_TRIES = 10;
/** Messages that are remembered, the newest ones. */
const REMEMBERED = 1_000;

/**
 * Counts how often messages come again because nobody has acknowledged them. A message has no identity over transports: it
 * is known by where it came from, its correlation id and its payload.
 */
export class Redeliveries {
  readonly #tries = new Map<string, number>();

  constructor(private readonly mostTries = MOST_TRIES) {}

  /** False when it has come often enough. */
  mayComeAgain(message: InboundMessage): boolean {
    const key = keyOf(message);
    const tries = (this.#tries.get(key) ?? 0) + 1;
    this.#tries.delete(key);
    if (tries >= this.mostTries) return false;
    this.#tries.set(key, tries);
    const [oldest] = this.#tries.keys();
    if (this.#tries.size > REMEMBERED && oldest !== undefined) this.#tries.delete(oldest);
    return true;
  }

  settled(message: InboundMessage): void {
    if (this.#tries.size > 0) this.#tries.delete(keyOf(message));
  }
}

function keyOf({ address, headers, payload }: InboundMessage): string {
  return [address, headers['correlation-id'] ?? '', payload.length, hash(payload)].join('\n');
}

/** FNV-1a. */
function hash(bytes: Uint8Array): number {
  let value = 0x811c9dc5;
  for (const byte of bytes) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}
