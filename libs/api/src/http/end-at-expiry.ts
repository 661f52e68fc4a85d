import type { Clock } from '@gemel/application/ports';
import type { Instant } from '@gemel/model/time';
import type { EventStream } from './event-stream.js';

/** Longest time that a timer of Node takes, in milliseconds. */
const LONGEST_MS = 2_147_483_647;

/** Ends a stream when the token that opened it ceases to hold: Ditto's streams outlive theirs (contract 1.9). */
export function endAtExpiry(stream: EventStream, expiry: Instant, clock: Clock): void {
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const leftMs = expiry - clock.now();
    if (leftMs <= 0) stream.end();
    else timer = setTimeout(look, Math.min(leftMs, LONGEST_MS)).unref();
  };
  stream.once('close', () => clearTimeout(timer));
  look();
}
