// Writes of a property at a fixed rate over HTTP.
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { AUTHORIZATION } from './measured-cluster.mjs';

const PROPERTY = 'features/velocity/properties/value';
const TICK_MS = 5;
const CONNECTIONS = 64;
/** Nothing larger was written by anything else. */
export const FIRST = 1_000_000;

/** Each value is larger than all before, also those of others of these. */
export class PacedWrites {
  static #next = FIRST;
  #pools;
  #underWay = new Set();
  #count = 0;

  constructor(urls) {
    this.#pools = urls.map((url) => new Pool(url, { connections: CONNECTIONS }));
  }

  /** Writes the next value, at the next of the URLs. Resolves with it when it is answered; rejects when it is refused. */
  write(thing) {
    const pool = this.#pools[this.#count++ % this.#pools.length];
    const writing = this.#put(pool, thing, PacedWrites.#next++);
    this.#underWay.add(writing);
    return writing.finally(() => this.#underWay.delete(writing));
  }

  /**
   * Has as many written as are due, every few milliseconds; what the server cannot take in time it is not spared. Resolves when
   * all are answered.
   * @param due writes, given how many were written before
   * @param tick is called before, with the milliseconds that have passed
   * @returns how many were written
   */
  async run({ perSecond, seconds }, due, tick = () => undefined) {
    const begun = performance.now();
    for (let now = 0; now < seconds * 1000; now = performance.now() - begun) {
      tick(now);
      while (this.#count < (now * perSecond) / 1000) due(this.#count);
      await pause(TICK_MS);
    }
    await Promise.all(this.#underWay);
    await Promise.all(this.#pools.map((pool) => pool.close()));
    return this.#count;
  }

  async #put(pool, thing, value) {
    const headers = { authorization: AUTHORIZATION, 'content-type': 'application/json' };
    const path = `/api/2/things/${thing}/${PROPERTY}`;
    const { statusCode, body } = await pool.request({ method: 'PUT', path, headers, body: String(value) });
    const text = await body.text();
    if (statusCode >= 300) throw new Error(`PUT ${path}: ${statusCode} ${text}`);
    return value;
  }
}
