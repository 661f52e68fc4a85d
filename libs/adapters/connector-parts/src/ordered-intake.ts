import { MessageUnacceptable } from '@gemel/application/ports';

import type { Load } from './load.js';

/** What a message was found to be. */
export type Verdict = 'accepted' | 'unacceptable';

export interface OrderedIntakeParts<Item> {
  readonly handle: (item: Item) => Promise<void>;
  /**
   * Tells the other side, in the order of arrival. A throw says that nothing can be told any more in this session, whose end is
   * near: what waits is confirmed when it comes again.
   */
  readonly confirm: (item: Item, verdict: Verdict) => void;
  /**
   * One was rejected and nothing is under way: the other side must be made to send it and all behind it again. What still
   * arrives until it resolves is among what `takeAll` returns, in the order of arrival, the rejected one first.
   */
  readonly giveBack: (takeAll: () => readonly Item[]) => Promise<void>;
  /** Tells a message from others when it comes again. */
  readonly keyOf: (item: Item) => string;
  readonly bytesOf: (item: Item) => number;
  readonly load: Load;
}

interface Entry<Item> {
  item: Item;
  /** kept: nothing was done about it, since it comes again. */
  state: 'handling' | 'accepted' | 'unacceptable' | 'rejected' | 'kept';
}

/**
 * What has come on one queue and is not confirmed: handled many at a time, confirmed in the order of arrival, nothing beyond
 * a message that was rejected. What a broken connection makes the other side send again while the first try is under way, or
 * before it could be confirmed, is not handled again.
 */
export class OrderedIntake<Item> {
  readonly #parts: OrderedIntakeParts<Item>;
  /** Another list for each session. */
  #entries: Entry<Item>[] = [];
  /** Of a session that has ended. */
  #orphans: Entry<Item>[] = [];
  #handling = 0;
  #hasRejected = false;
  #isClosing = false;

  constructor(parts: OrderedIntakeParts<Item>) {
    this.#parts = parts;
  }

  /**
   * @param comesAgain what the other side says: whether it may have sent it before. Where it says nothing (`perhaps`), what a
   * new session brings is taken for what it looks like, until something comes that is unknown: what comes again comes first.
   */
  take(item: Item, comesAgain: boolean | 'perhaps'): void {
    if (this.#isClosing) return;
    if (this.#hasRejected) {
      this.#entries.push({ item, state: 'kept' });
      return;
    }
    const known = comesAgain === false ? undefined : this.#adopt(item);
    if (known === undefined && comesAgain === 'perhaps') this.#orphans = [];
    if (known !== undefined) {
      this.#entries.push(known);
      this.#flush();
      return;
    }
    const entry: Entry<Item> = { item, state: 'handling' };
    this.#entries.push(entry);
    void this.#handle(entry);
  }

  /** The session has ended: what is handled from now on is confirmed when it comes again. */
  lost(): void {
    this.#orphans = this.#entries.filter(({ state }) => state !== 'kept' && state !== 'rejected');
    this.#entries = [];
    this.#handling = 0;
    this.#hasRejected = false;
  }

  /** What comes from now on is left to the next one. */
  closing(): void {
    this.#isClosing = true;
  }

  #adopt(item: Item): Entry<Item> | undefined {
    if (this.#orphans.length === 0) return undefined;
    const key = this.#parts.keyOf(item);
    const index = this.#orphans.findIndex((entry) => this.#parts.keyOf(entry.item) === key);
    const [orphan] = index < 0 ? [] : this.#orphans.splice(index, 1);
    if (orphan === undefined || orphan.state === 'rejected') return undefined;
    orphan.item = item;
    if (orphan.state === 'handling') this.#handling++;
    return orphan;
  }

  async #handle(entry: Entry<Item>): Promise<void> {
    const { load, bytesOf, handle } = this.#parts;
    const bytes = bytesOf(entry.item);
    load.add(bytes);
    this.#handling++;
    try {
      await handle(entry.item);
      entry.state = 'accepted';
    } catch (error) {
      entry.state = error instanceof MessageUnacceptable ? 'unacceptable' : 'rejected';
    }
    if (this.#entries.includes(entry)) this.#settled(entry);
    load.remove(bytes);
  }

  #settled({ state }: Entry<Item>): void {
    this.#handling--;
    if (state === 'rejected') this.#hasRejected = true;
    this.#flush();
    if (this.#hasRejected && this.#handling === 0) void this.#giveBack();
  }

  async #giveBack(): Promise<void> {
    const entries = this.#entries;
    await this.#parts.giveBack(() => entries.splice(0).map(({ item }) => item));
    // Otherwise the session has ended meanwhile, which gives everything back.
    if (entries === this.#entries) this.#hasRejected = false;
  }

  #flush(): void {
    let done = 0;
    for (const { item, state } of this.#entries) {
      if (state !== 'accepted' && state !== 'unacceptable') break;
      if (!this.#isTold(item, state)) break;
      done++;
    }
    this.#entries.splice(0, done);
  }

  #isTold(item: Item, verdict: Verdict): boolean {
    try {
      this.#parts.confirm(item, verdict);
      return true;
    } catch {
      return false;
    }
  }
}
