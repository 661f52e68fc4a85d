import { MessageNotTaken } from '@gemel/application/ports';

import type { PushAnswer } from './http-session.js';

/** Answers after which the same request may be taken: busy, or what is behind the server is away. */
const FOR_NOW = new Set([408, 424, 425, 429, 502, 503, 504]);
/** Of these the server has no room for anything: all waits, however long. */
const FULL = new Set([429, 503]);
/** Of these what is behind the server may be away, and so for all; or it cannot bear the one request. */
const PERHAPS_FULL = new Set([502, 504]);
/** A server that asks for a longer pause is asked again after this one, in milliseconds. */
const LONGEST_MS = 300_000;

/** Sends nothing to a server before the time that it has named (RFC 9110, 10.2.3: `Retry-After`). */
export class HoldOff {
  /** In milliseconds since 1970. */
  #until = 0;
  #reason: MessageNotTaken | undefined;

  constructor(private readonly now: () => number) {}

  /** @throws MessageNotTaken it is not time yet */
  check(): void {
    if (this.#reason !== undefined && this.now() < this.#until) throw this.#reason;
  }

  /** @throws MessageNotTaken the server may take the message later */
  taken(answer: PushAnswer): void {
    const { status, headers } = answer;
    if (!FOR_NOW.has(status)) return;
    const pauseMs = retryAfterMs(headers['retry-after'], this.now());
    if (pauseMs === undefined) throw new MessageNotTaken(answer, `the server answers ${status}`, concernsOf(status));
    const seconds = Math.ceil(pauseMs / 1_000);
    this.#until = this.now() + pauseMs;
    this.#reason = new MessageNotTaken(answer, `the server answers ${status} and asks for ${seconds} s of rest`, 'all');
    throw this.#reason;
  }
}

function concernsOf(status: number): MessageNotTaken['concerns'] {
  if (FULL.has(status)) return 'all';
  return PERHAPS_FULL.has(status) ? 'perhaps all' : 'this one';
}

/** Seconds, or a date; undefined when it says neither. */
function retryAfterMs(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const pauseMs = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isNaN(pauseMs) ? undefined : Math.min(Math.max(pauseMs, 0), LONGEST_MS);
}
