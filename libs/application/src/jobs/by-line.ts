import { member } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';

const PORTION = 200;

/** Reads from the front of a sequence that comes in portions. */
class Front {
  #portion: readonly JsonObject[] = [];
  #at = 0;

  constructor(private readonly portions: AsyncIterator<readonly JsonObject[]>) {}

  /** Undefined at the end. */
  async first(): Promise<JsonObject | undefined> {
    while (this.#at >= this.#portion.length) {
      const next = await this.portions.next();
      if (next.done === true) return undefined;
      [this.#portion, this.#at] = [next.value, 0];
    }
    return this.#portion[this.#at];
  }

  take(): void {
    this.#at += 1;
  }
}

/** What has the member `line`, by that: each of the sequences is in this order already, and none is held as a whole. */
export async function* byLine(
  sequences: readonly AsyncIterator<readonly JsonObject[]>[],
): AsyncGenerator<readonly JsonObject[]> {
  const fronts = sequences.map((sequence) => new Front(sequence));
  let found: JsonObject[] = [];
  for (;;) {
    let next: { readonly front: Front; readonly item: JsonObject } | undefined;
    for (const front of fronts) {
      const item = await front.first();
      if (item !== undefined && (next === undefined || lineOf(item) < lineOf(next.item))) next = { front, item };
    }
    if (next !== undefined) {
      next.front.take();
      found.push(next.item);
    }
    if (found.length > 0 && (next === undefined || found.length === PORTION)) {
      yield found;
      found = [];
    }
    if (next === undefined) return;
  }
}

function lineOf(item: JsonObject): number {
  const line = member(item, 'line');
  return typeof line === 'number' ? line : Infinity;
}
