import type { ThingId } from '../ids/index.js';
import { isJsonObject, valueAt } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import type { Edges } from './cycle.js';
import type { Kind } from './kind.js';
import { PARENTS, isCount, thingIdOf } from './parents.js';

/**
 * What can be wrong with the parents that a thing names. All but `cycle` shows by the thing and its parents alone:
 * `parents.invalid`: `_parents` is neither what a twin nor what a type has; `parents.empty`: it names nobody;
 * `parent.id.invalid`: a name that no thing can have; `count.invalid`: a count that is no integer of 1 or more.
 */
export const FAULT_KINDS = [
  'parents.invalid',
  'parents.empty',
  'parent.id.invalid',
  'parent.missing',
  'parent.kind.wrong',
  'parent.self',
  'count.invalid',
  'cycle',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  readonly problem: FaultKind;
  /** As stored; absent when it is not about one parent. */
  readonly parentId?: string;
}

/** A link that closes a cycle: without it and the others like it there is none. */
export interface ClosingLink {
  readonly childId: ThingId;
  readonly parentId: ThingId;
  /** Downward from the parent, which is repeated at the end. */
  readonly path: readonly ThingId[];
}

/** The kind of a thing; undefined when there is no such thing. */
export type KindLookup = (id: ThingId) => Kind | undefined;

/** The ids that `_parents` of a thing mentions, broken as it may be. */
export function mentionedParents(thing: JsonObject): readonly ThingId[] {
  const stored = valueAt(thing, PARENTS);
  const texts = typeof stored === 'string' ? [stored] : isJsonObject(stored) ? Object.keys(stored) : [];
  return texts.flatMap((text) => thingIdOf(text) ?? []);
}

/** What is wrong with the parents of a thing, cycles aside. */
export function faultsOf(thing: JsonObject, kind: Kind, kindOfParent: KindLookup): readonly Fault[] {
  const stored = valueAt(thing, PARENTS);
  if (stored === undefined || stored === null) return [];
  const ownId = valueAt(thing, ['thingId']);
  const faultOf = (text: string): Fault | undefined => {
    const id = thingIdOf(text);
    if (id === undefined) return { problem: 'parent.id.invalid', parentId: text };
    if (id === ownId) return { problem: 'parent.self', parentId: text };
    const found = kindOfParent(id);
    if (found === undefined) return { problem: 'parent.missing', parentId: text };
    return found === kind ? undefined : { problem: 'parent.kind.wrong', parentId: text };
  };
  if (kind === 'twin') {
    return typeof stored === 'string' ? present(faultOf(stored)) : [{ problem: 'parents.invalid' }];
  }
  if (!isJsonObject(stored)) return [{ problem: 'parents.invalid' }];
  const entries = Object.entries(stored);
  if (entries.length === 0) return [{ problem: 'parents.empty' }];
  return entries.flatMap(([text, count]) =>
    present(faultOf(text) ?? (isCount(count) ? undefined : { problem: 'count.invalid', parentId: text })),
  );
}

/**
 * What `_parents` is without its faults; null for none. A count that was written as digits becomes a number, any other
 * invalid one goes with its link.
 */
export function repairedParents(thing: JsonObject, faults: readonly Fault[]): JsonValue {
  const stored = valueAt(thing, PARENTS) ?? null;
  if (faults.length === 0) return stored;
  if (!isJsonObject(stored)) return null;
  const links = Object.entries(stored).flatMap(([text, count]): readonly (readonly [string, JsonValue])[] => {
    const own = faults.filter(({ parentId }) => parentId === text);
    if (own.length === 0) return [[text, count]];
    const meant = own.every(({ problem }) => problem === 'count.invalid') ? countOf(count) : undefined;
    return meant === undefined ? [] : [[text, meant]];
  });
  const isWhollyBroken = faults.some(({ problem }) => problem === 'parents.invalid');
  return links.length === 0 || isWhollyBroken ? null : Object.fromEntries(links);
}

/** The links upward that close cycles, found in the order of ids, so that everybody finds the same. */
export function closingLinks(parents: Edges<ThingId>): readonly ClosingLink[] {
  const found: ClosingLink[] = [];
  const finished = new Set<ThingId>();
  for (const start of [...parents.keys()].toSorted()) walkUp(start, parents, finished, found);
  return found;
}

function walkUp(start: ThingId, parents: Edges<ThingId>, finished: Set<ThingId>, found: ClosingLink[]): void {
  if (finished.has(start)) return;
  const way: ThingId[] = [];
  const onWay = new Set<ThingId>();
  const pending: Iterator<ThingId>[] = [];
  const enter = (id: ThingId): void => {
    way.push(id);
    onWay.add(id);
    pending.push([...(parents.get(id) ?? [])].toSorted().values());
  };
  enter(start);
  for (let top = pending.at(-1); top !== undefined; top = pending.at(-1)) {
    const next = top.next();
    if (next.done === true) {
      pending.pop();
      const left = way.pop();
      if (left === undefined) return;
      onWay.delete(left);
      finished.add(left);
      continue;
    }
    const [childId, parentId] = [way.at(-1), next.value];
    if (childId !== undefined && onWay.has(parentId)) {
      found.push({ childId, parentId, path: [parentId, ...way.slice(way.indexOf(parentId)).toReversed()] });
    } else if (!finished.has(parentId)) enter(parentId);
  }
}

function countOf(value: JsonValue): number | undefined {
  if (typeof value !== 'string' || !/^\d{1,9}$/.test(value)) return undefined;
  const count = Number(value);
  return count >= 1 ? count : undefined;
}

function present(fault: Fault | undefined): readonly Fault[] {
  return fault === undefined ? [] : [fault];
}
