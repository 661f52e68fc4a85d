import { instantOf } from '@gemel/model/rql';
import type { Criteria, RqlProperty, RqlValue } from '@gemel/model/rql';
import { formatInstant } from '@gemel/model/time';
import { wildcardMatcher } from '@gemel/model/wildcards';
import { RANK, compareKeys, rankOf } from './index-key.js';
import type { IndexKey } from './index-key.js';
import { Slice } from './slice.js';
import { behind } from './sorted-entries.js';
import type { Run, SortedEntries } from './sorted-entries.js';
import type { ThingNumbers } from './thing-numbers.js';

/** Keys in a row: first those that `isBelow`, then the range, then those that are not `isWithin`. */
export interface KeyRange {
  readonly isBelow: (key: IndexKey) => boolean;
  /** True for what is below, too. */
  readonly isWithin: (key: IndexKey) => boolean;
  /** Of the keys in the range; all when absent. */
  readonly accepts?: (key: IndexKey) => boolean;
}

export type Predicate = Extract<Criteria, { readonly property: RqlProperty }>;

const present: KeyRange = { isBelow: (key) => key === undefined, isWithin: () => true };
const texts: KeyRange = ofRank(RANK.string);

/** Keys of all things that a predicate may match; undefined when things without any key may match, too. */
export function rangesOf(predicate: Predicate): readonly KeyRange[] | undefined {
  switch (predicate.op) {
    case 'eq':
      return [comparedWith(predicate.property, predicate.value, 'eq')];
    case 'in':
      return predicate.values.map((value) => comparedWith(predicate.property, value, 'eq'));
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le':
      return [comparedWith(predicate.property, predicate.value, predicate.op)];
    case 'like':
      return [matching(startingWith(/^[^*?]*/.exec(predicate.pattern)?.[0] ?? ''), predicate)];
    case 'ilike':
      return [matching(texts, predicate)];
    case 'ne':
    case 'exists':
      return [present];
    case 'empty':
      return undefined;
  }
}

/**
 * The keys from the smallest to the largest of the texts, of which those that are none of them are passed over; undefined
 * when some values are no texts. For many texts it is the shorter way, if not much else stands between them.
 */
export function rangeAcross(predicate: Predicate): KeyRange | undefined {
  if (predicate.op !== 'in' || isTimestamp(predicate.property)) return undefined;
  const values = new Set<IndexKey>();
  let first: string | undefined;
  let last: string | undefined;
  for (const value of predicate.values) {
    if (typeof value !== 'string') return undefined;
    values.add(value);
    if (first === undefined || compareKeys(value, first) < 0) first = value;
    if (last === undefined || compareKeys(value, last) > 0) last = value;
  }
  return {
    isBelow: (key) => compareKeys(key, first) < 0,
    isWithin: (key) => compareKeys(key, last) <= 0,
    accepts: (key) => values.has(key),
  };
}

export function count(entries: SortedEntries, range: KeyRange): number {
  return Math.max(0, entries.rank(endOf(entries, range)) - entries.rank(startOf(entries, range)));
}

/** Tells the things of the accepted keys; others may run in between, and change the entries. */
export async function each(index: RangedIndex, range: KeyRange, tell: (thing: number) => void): Promise<void> {
  const { entries, numbers } = index;
  const slice = new Slice(1);
  let place = startOf(entries, range);
  for (let run = entries.chunkFrom(place); run !== undefined; run = entries.chunkFrom(place)) {
    if (!tellRun(run, range, tell)) return;
    place = { chunk: place.chunk + 1, offset: 0 };
    if (!slice.isOver) continue;
    const { version } = index;
    const end = run.keys.length - 1;
    const last: Mark = { key: run.keys[end], id: numbers.idOf(run.things[end] ?? 0) };
    await slice.next();
    if (index.version !== version) place = behind(entries, numbers, last);
  }
}

/** False when the range ends in the run. */
function tellRun(
  { keys, things, offset }: Run,
  { isWithin, accepts }: KeyRange,
  tell: (thing: number) => void,
): boolean {
  const isWhole = isWithin(keys[keys.length - 1]);
  for (let at = offset; at < keys.length; at += 1) {
    const key = keys[at];
    if (!isWhole && !isWithin(key)) return false;
    if (accepts === undefined || accepts(key)) tell(things[at] ?? 0);
  }
  return isWhole;
}

/** An entry that was told. */
interface Mark {
  readonly key: IndexKey;
  readonly id: string;
}

interface RangedIndex {
  readonly entries: SortedEntries;
  readonly numbers: ThingNumbers;
  readonly version: number;
}

function startOf(entries: SortedEntries, { isBelow }: KeyRange) {
  return entries.seek((key) => isBelow(key));
}

function endOf(entries: SortedEntries, { isWithin }: KeyRange) {
  return entries.seek((key) => isWithin(key));
}

type Comparison = 'eq' | 'gt' | 'ge' | 'lt' | 'le';

function comparedWith(property: RqlProperty, value: RqlValue, op: Comparison): KeyRange {
  if (typeof value === 'object' && value !== null) return timeRange(value.time);
  const instant = isTimestamp(property) && typeof value === 'string' ? instantOf(value) : undefined;
  return instant === undefined ? between(value, op) : ofSecond(instant, op);
}

function isTimestamp(property: RqlProperty): boolean {
  return property.length === 1 && (property[0] === '_created' || property[0] === '_modified');
}

/** A placeholder stands for a text or, in milliseconds, a number; texts that mean the same instant are written in many ways. */
function timeRange(time: string): KeyRange {
  return time.startsWith('now_epoch_millis') ? ofRank(RANK.number) : texts;
}

function between(value: Exclude<RqlValue, object>, op: Comparison): KeyRange {
  const rank = rankOf(value);
  const isLess = (key: IndexKey) => compareKeys(key, value) < 0;
  const isAtMost = (key: IndexKey) => compareKeys(key, value) <= 0;
  const isLowerType = (key: IndexKey) => rankOf(key) < rank;
  const isUpToType = (key: IndexKey) => rankOf(key) <= rank;
  switch (op) {
    case 'eq':
      return { isBelow: isLess, isWithin: isAtMost };
    case 'gt':
      return { isBelow: isAtMost, isWithin: isUpToType };
    case 'ge':
      return { isBelow: isLess, isWithin: isUpToType };
    case 'lt':
      return { isBelow: isLowerType, isWithin: isLess };
    case 'le':
      return { isBelow: isLowerType, isWithin: isAtMost };
  }
}

/** Timestamps of things are texts of the same form but for the digits of the second, which do not sort as they mean. */
function ofSecond(instant: number, op: Comparison): KeyRange {
  const second = formatInstant(Math.floor(instant / 1_000) * 1_000).slice(0, -1);
  const prefix = startingWith(second);
  switch (op) {
    case 'eq':
      return prefix;
    case 'gt':
    case 'ge':
      return { isBelow: prefix.isBelow, isWithin: texts.isWithin };
    case 'lt':
    case 'le':
      return { isBelow: texts.isBelow, isWithin: prefix.isWithin };
  }
}

function startingWith(prefix: string): KeyRange {
  // Half of a character may be followed by anything.
  const start = /[\ud800-\udbff]$/.test(prefix) ? prefix.slice(0, -1) : prefix;
  if (start === '') return texts;
  return {
    isBelow: (key) => compareKeys(key, start) < 0,
    isWithin: (key) => compareKeys(key, start) < 0 || (typeof key === 'string' && key.startsWith(start)),
  };
}

function ofRank(rank: number): KeyRange {
  return { isBelow: (key) => rankOf(key) < rank, isWithin: (key) => rankOf(key) <= rank };
}

function matching(
  range: KeyRange,
  { op, pattern }: { readonly op: 'like' | 'ilike'; readonly pattern: string },
): KeyRange {
  if (/^[^*?]*\*$/.test(pattern) && op === 'like') return range;
  if (op === 'like') {
    const matches = wildcardMatcher(pattern);
    return { ...range, accepts: (key) => typeof key === 'string' && matches(key) };
  }
  const matches = wildcardMatcher(pattern.toLowerCase());
  return { ...range, accepts: (key) => typeof key === 'string' && matches(key.toLowerCase()) };
}
