import type { ThingMatch, ThingPageQuery, ThingQuery, ThingSearch } from '@gemel/application/ports';
import { parsePointer } from '@gemel/model/json';
import type { JsonPointer } from '@gemel/model/json';
import type { Criteria } from '@gemel/model/rql';
import { BestMatches } from './best-matches.js';
import { bestOf, countOf, documents, lookAt, matchesOf, visitAll } from './look.js';
import type { Scan, Tell } from './look.js';
import type { Candidates, ScanSource } from './scan-source.js';

/** Search by looking at things: 0.1 µs a predicate when they are in memory. */
export class ThingScan implements ThingSearch {
  constructor(
    private readonly source: ScanSource,
    private readonly now: () => number,
  ) {}

  async find(query: ThingPageQuery): Promise<readonly ThingMatch[]> {
    const ids = requiredIds(query.criteria);
    const last = ids === undefined ? lastOfPageBefore(query) : undefined;
    return (last === undefined ? undefined : await this.#findInOrder(query, last)) ?? this.#findAnywhere(query, ids);
  }

  count(query: ThingQuery): Promise<number> {
    return countOf((tell) => this.visit(query, tell));
  }

  async visit(query: ThingQuery, tell: Tell): Promise<void> {
    await visitAll(query, this.#candidates(query, requiredIds(query.criteria)), this.now(), tell);
  }

  /** Stops at the end of the page, which is often soon; undefined when it is not. */
  async #findInOrder(query: ThingPageQuery, last: string): Promise<readonly ThingMatch[] | undefined> {
    const wanted = (query.offset ?? 0) + query.limit;
    const atMost = this.source.inOrderAtMost(query);
    if (wanted > atMost) return undefined;
    const best = new BestMatches(query);
    const matchOf = matchesOf(query);
    let count = 0;
    const scan: Scan = {
      candidates: this.source.inOrder(last),
      documentOf: documents(query, query.sort),
      found: (state, thing, document) => {
        if (best.offer(matchOf(state, thing, document))) count += 1;
        return count >= wanted;
      },
      atMost,
    };
    const ended = await lookAt(query, scan, this.now());
    return ended ? best.take() : undefined;
  }

  async #findAnywhere(query: ThingPageQuery, ids: readonly string[] | undefined): Promise<readonly ThingMatch[]> {
    return bestOf(query, this.#candidates(query, ids), this.now());
  }

  /** All things, or only those with the given ids. */
  #candidates(query: ThingQuery, ids: readonly string[] | undefined): Candidates {
    return ids === undefined ? this.source.all(query) : this.source.withIds(ids);
  }
}

/** Where a search in the order of the thing ids begins; undefined when it has another order. */
function lastOfPageBefore({ sort: [first], after }: ThingPageQuery): string | undefined {
  if (first !== undefined && (first.direction === 'desc' || !isThingId(parsePointer(first.property)))) return undefined;
  return typeof after?.[0] === 'string' ? after[0] : '';
}

/** The thing ids that criteria cannot do without; undefined when they do not say. */
export function requiredIds(criteria: Criteria | undefined): readonly string[] | undefined {
  switch (criteria?.op) {
    case 'and':
      return criteria.operands.map(requiredIds).find((ids) => ids !== undefined);
    case 'eq':
      return isThingId(criteria.property) ? onlyTexts([criteria.value]) : undefined;
    case 'in':
      return isThingId(criteria.property) ? onlyTexts(criteria.values) : undefined;
    default:
      return undefined;
  }
}

function isThingId(property: JsonPointer): boolean {
  return property.length === 1 && property[0] === 'thingId';
}

function onlyTexts(values: readonly unknown[]): readonly string[] {
  return [...new Set(values.filter((value) => typeof value === 'string'))];
}
