import type { JsonPointer } from '@gemel/model/json';
import type { Criteria } from '@gemel/model/rql';
import { count, each, rangeAcross, rangesOf } from './key-range.js';
import type { KeyRange, Predicate } from './key-range.js';
import { ThingSet } from './thing-set.js';
import type { ValueIndex } from './value-index.js';

/** Things among which all matches are. */
export interface Selection {
  /** How many at most: a thing may be counted twice. */
  readonly count: number;
  /** Adds their numbers, but only those that `among` has. */
  collect(found: ThingSet, among?: ThingSet): Promise<void>;
}

/** With fewer it is not worth while to find out which of them are in other selections, too. */
const FEW = 300;
/** Nor is it in a selection so many times as large. */
const MUCH_LARGER = 4;

/** From so many values on it is worth while to look at all that stands between them. */
const MANY_RANGES = 64;
/** Entries that are passed over in the time in which one is found. */
const ENTRIES_FOR_A_SEEK = 30;

/** Where to find an index; undefined when there is none. */
export type FindIndex = (property: JsonPointer) => Promise<ValueIndex | undefined>;

/** What the indexes tell of criteria; undefined when none of them helps. */
export async function select(criteria: Criteria, indexOf: FindIndex): Promise<Selection | undefined> {
  switch (criteria.op) {
    case 'and': {
      const all: Selection[] = [];
      for (const operand of criteria.operands.toSorted((a, b) => rankOf(a) - rankOf(b))) {
        const selection = await select(operand, indexOf);
        if (selection !== undefined) all.push(selection);
        // No index is made for what is found out sooner by looking at the few.
        if (selection !== undefined && selection.count < FEW) break;
      }
      return intersection(all);
    }
    case 'or':
      return selectAny(criteria.operands, indexOf);
    case 'not':
      return undefined;
    default:
      return selectPredicate(criteria, indexOf);
  }
}

/** Equalities, which few things are likely to meet, come first. */
function rankOf({ op }: Criteria): number {
  return op === 'eq' || op === 'in' ? 0 : 1;
}

/** Things of some namespaces; undefined when no index helps. */
export function selectNamespaces(namespaces: readonly string[], indexOf: FindIndex): Promise<Selection | undefined> {
  return selectAny(
    namespaces.map((namespace) => startingWith(`${namespace}:`)),
    indexOf,
  );
}

/** What is in all of the selections; undefined when there are none. */
export function intersection(selections: readonly Selection[]): Selection | undefined {
  const [smallest, ...larger] = selections.toSorted((a, b) => a.count - b.count);
  const others = larger.filter(({ count: size }) => size <= MUCH_LARGER * (smallest?.count ?? 0));
  if (smallest === undefined || others.length === 0 || smallest.count < FEW) return smallest;
  return {
    count: smallest.count,
    collect: async (found, among) => {
      let common = await thingsIn(smallest, among);
      for (const other of others) {
        if (common.size < FEW) break;
        common = await thingsIn(other, common);
      }
      for (const thing of common) found.add(thing);
    },
  };
}

export async function thingsIn(selection: Selection, among?: ThingSet): Promise<ThingSet> {
  const found = new ThingSet();
  await selection.collect(found, among);
  return found;
}

async function selectPredicate(predicate: Predicate, indexOf: FindIndex): Promise<Selection | undefined> {
  const ranges = isStored(predicate.property) ? rangesOf(predicate) : undefined;
  if (ranges === undefined) return undefined;
  const index = await indexOf(predicate.property);
  if (index === undefined) return undefined;
  const across = ranges.length < MANY_RANGES ? undefined : rangeAcross(predicate);
  if (across !== undefined && count(index.entries, across) <= ENTRIES_FOR_A_SEEK * ranges.length)
    return selectRange(index, across, Math.min(ranges.length, count(index.entries, across)));
  return united(ranges.map((range) => selectRange(index, range, count(index.entries, range))));
}

function selectRange(index: ValueIndex, range: KeyRange, size: number): Selection {
  return {
    count: size,
    collect: (found, among) =>
      each(index, range, (thing) => {
        if (among?.has(thing) !== false) found.add(thing);
      }),
  };
}

function united(selections: readonly Selection[]): Selection {
  return {
    count: selections.reduce((sum, selection) => sum + selection.count, 0),
    collect: async (found, among) => {
      for (const selection of selections) await selection.collect(found, among);
    },
  };
}

/** Placeholders stand in no thing. */
function isStored([root = '']: JsonPointer): boolean {
  return !root.includes(':');
}

/** Ids with characters that mean something in a pattern are a little more. */
function startingWith(prefix: string): Criteria {
  return { op: 'like', property: ['thingId'], pattern: `${prefix}*` };
}

/** All that any of the criteria may match; undefined when one of them has no index. */
async function selectAny(operands: readonly Criteria[], indexOf: FindIndex): Promise<Selection | undefined> {
  const all = await Promise.all(operands.map((operand) => select(operand, indexOf)));
  const known = all.filter((selection) => selection !== undefined);
  return known.length < all.length ? undefined : united(known);
}
