import { nameOf } from '../ids/index.js';
import type { ThingId } from '../ids/index.js';
import { partName } from './plan-twins.js';
import type { LinkDown } from './plan-twins.js';

/** What one link asks for below one twin, and what is there. */
export interface LinkInstances {
  readonly twinId: ThingId;
  readonly link: LinkDown;
  /** Children of the twin that were made by the link. */
  readonly existing: readonly ThingId[];
}

export interface LinkDifference {
  /** Names of parts to be made; undefined for those that need a serial. */
  readonly missing: readonly { readonly index: number; readonly name: string | undefined }[];
  /** Parts beyond the count, the last ones. */
  readonly surplus: readonly ThingId[];
}

/**
 * What would make the number of parts that of the link. Parts keep their names: those that are missing take the lowest
 * numbers that are free, and those that are too many are the ones with the highest numbers, before them any that have none.
 */
export function compareWithLink({ twinId, link, existing }: LinkInstances): LinkDifference {
  const highest = link.count + existing.length;
  const numbers = numbersOf(twinId, link, highest);
  const taken = new Set(existing.map((id) => numbers.get(id)));
  const missing: { index: number; name: string | undefined }[] = [];
  for (let index = 1; index <= highest && existing.length + missing.length < link.count; index++)
    if (!taken.has(index)) missing.push({ index, name: partName(link.childId, link, index) });
  const rank = (id: ThingId) => numbers.get(id) ?? Number.MAX_SAFE_INTEGER;
  const last = existing.toSorted((a, b) => rank(b) - rank(a) || (a < b ? 1 : -1));
  return { missing, surplus: last.slice(0, Math.max(0, existing.length - link.count)) };
}

/** The numbers that ids stand for. A name without a number is the first one: there was only one when it was made. */
function numbersOf(twinId: ThingId, link: LinkDown, highest: number): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (let index = 1; index <= highest; index++) {
    const several = partName(link.childId, { ...link, count: Math.max(2, link.count) }, index);
    if (several !== undefined) numbers.set(`${twinId}:${several}`, index);
  }
  if (link.template === undefined) numbers.set(`${twinId}:${nameOf(link.childId)}`, 1);
  return numbers;
}
