import { formatPointer } from '@gemel/model/json';
import type { Criteria, RqlProperty } from '@gemel/model/rql';
import { anyOfKeys, predicateFilter } from './search-keys.js';
import type { KeyFilter } from './search-keys.js';
import { anythingIn, partOf } from './search-parts.js';
import type { PartName } from './search-parts.js';

/** One question to the index: a part that fits is a candidate. */
export interface Lookup {
  readonly filter: KeyFilter;
  /** To which it belongs. */
  readonly parts: readonly PartName[];
  /** Asks for single values, which few things are likely to have. */
  readonly isExact: boolean;
}

/** How candidates are found: things that all of these, or any of them, lead to. */
export type SearchPlan = Lookup | { readonly all: readonly SearchPlan[] } | { readonly any: readonly SearchPlan[] };

/** Leads to every thing that matches, and to others; undefined when any thing may match. */
export function searchPlanOf(criteria: Criteria): SearchPlan | undefined {
  switch (criteria.op) {
    case 'and': {
      const known = criteria.operands.map(searchPlanOf).filter((plan) => plan !== undefined);
      return known.length === 0 ? undefined : allOf(known);
    }
    case 'or': {
      const plans = criteria.operands.map(searchPlanOf);
      const known = plans.filter((plan) => plan !== undefined);
      return known.length < plans.length ? undefined : anyOf(known);
    }
    case 'not':
    // Absence matches, too, and has no key.
    case 'empty':
      return undefined;
    default: {
      const { property, op } = criteria;
      if (!isIndexed(property)) return undefined;
      const filter = predicateFilter(criteria, formatPointer(property));
      return { filter, parts: [partOf(property)], isExact: op === 'eq' || op === 'in' };
    }
  }
}

/** As the database is asked: also for parts with too much in them. */
export function filterOf({ filter, parts }: Lookup): KeyFilter {
  return anyOfKeys([filter, ...parts.map((part) => ({ keys: anythingIn(part) }))]);
}

/** Conditions on one part are one question; exact ones come first. */
function allOf(plans: readonly SearchPlan[]): SearchPlan {
  const ofParts = new Map<PartName, Lookup>();
  const others: SearchPlan[] = [];
  for (const plan of plans) {
    const [part, ...more] = 'parts' in plan ? plan.parts : [];
    if (!('parts' in plan) || part === undefined || more.length > 0) others.push(plan);
    else ofParts.set(part, both(ofParts.get(part), plan));
  }
  const all = [...ofParts.values(), ...others].sort((a, b) => rankOf(a) - rankOf(b));
  const [only, ...rest] = all;
  return only !== undefined && rest.length === 0 ? only : { all };
}

function both(known: Lookup | undefined, lookup: Lookup): Lookup {
  if (known === undefined) return lookup;
  const filter = { $and: [known.filter, lookup.filter] };
  return { filter, parts: known.parts, isExact: known.isExact || lookup.isExact };
}

/** Any part may lead to its thing: all that is asked at once is one question. */
function anyOf(plans: readonly SearchPlan[]): SearchPlan {
  const lookups = plans.filter((plan) => 'parts' in plan);
  const [first, ...more] = lookups;
  if (first === undefined) return { any: plans };
  const asked: Lookup = {
    filter: more.length === 0 ? first.filter : anyOfKeys(lookups.map(({ filter }) => filter)),
    parts: [...new Set(lookups.flatMap(({ parts }) => parts))],
    isExact: lookups.every(({ isExact }) => isExact),
  };
  const others = plans.filter((plan) => !('parts' in plan));
  return others.length === 0 ? asked : { any: [asked, ...others] };
}

function rankOf(plan: SearchPlan): number {
  return 'parts' in plan && plan.isExact ? 0 : 1;
}

/** What stands in the thing itself, at one path. */
function isIndexed([root = '', id]: RqlProperty): boolean {
  if (root === 'features') return id !== undefined && id !== '*';
  return ['thingId', 'policyId', 'definition', 'attributes'].includes(root);
}
