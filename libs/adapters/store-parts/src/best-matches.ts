import type { SortKey, ThingMatch, ThingPageQuery } from '@gemel/application/ports';
import type { JsonValue } from '@gemel/model/json';
import { compareJson } from '@gemel/model/rql';

type SortValues = readonly JsonValue[];

/** Keeps the first matches of an order without sorting them all: memory and time grow with the page, not with the matches. */
export class BestMatches {
  readonly #wanted: number;
  readonly #compare: (a: SortValues, b: SortValues) => number;
  readonly #after: SortValues | undefined;
  readonly #offset: number;
  #kept: ThingMatch[] = [];
  /** The last of the best; whatever comes after it is out. */
  #worst: SortValues | undefined;

  constructor({ sort, after, offset = 0, limit }: ThingPageQuery) {
    this.#wanted = offset + limit;
    this.#offset = offset;
    this.#after = after;
    this.#compare = comparison(sort);
  }

  /** False when it is not among the best so far. */
  offer(match: ThingMatch): boolean {
    const { sortValues } = match;
    if (this.#after !== undefined && this.#compare(sortValues, this.#after) <= 0) return false;
    if (this.#worst !== undefined && this.#compare(sortValues, this.#worst) >= 0) return false;
    this.#kept.push(match);
    if (this.#kept.length >= 2 * this.#wanted + 1) this.#cut();
    return true;
  }

  take(): readonly ThingMatch[] {
    this.#cut();
    return this.#kept.slice(this.#offset);
  }

  #cut(): void {
    this.#kept.sort((a, b) => this.#compare(a.sortValues, b.sortValues));
    this.#kept = this.#kept.slice(0, this.#wanted);
    if (this.#kept.length === this.#wanted) this.#worst = this.#kept.at(-1)?.sortValues;
  }
}

/** Key by key, the thing id last and ascending. */
function comparison(sort: readonly SortKey[]): (a: SortValues, b: SortValues) => number {
  if (sort.length === 0) return ([a = null], [b = null]) => compareJson(a, b);
  const signs = [...sort.map(({ direction }) => (direction === 'asc' ? 1 : -1)), 1];
  return (a, b) => {
    for (const [index, sign] of signs.entries()) {
      const order = compareJson(a[index] ?? null, b[index] ?? null);
      if (order !== 0) return sign * order;
    }
    return 0;
  };
}
