import { ThingIdInvalid, parseThingId } from '../ids/index.js';
import type { ThingId } from '../ids/index.js';
import { isJsonObject, valueAt } from '../json/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import type { MergeThing } from '../things/index.js';
import { CountInvalid } from './errors.js';
import type { Kind } from './kind.js';
import { LINKS } from './link-settings.js';

export const PARENTS: JsonPointer = ['attributes', '_parents'];

/**
 * Where a twin is among the children of its parent: in ascending order, as searches sort by it, those without it first, by
 * thing ID. The number says nothing else. Only there when somebody has asked for a position.
 */
export const POSITION: JsonPointer = ['attributes', '_position'];

/** One edge upward. */
export interface ParentLink {
  readonly parentId: ThingId;
  /** Instances of the child for each instance of the parent; 1 for twins. */
  readonly count: number;
}

/**
 * The parents that a thing names, whether or not they exist. Anyone who may write attributes may break them:
 * what is no thing id, or no count of one or more, is left out.
 */
export function parentLinks(thing: JsonObject, kind: Kind): readonly ParentLink[] {
  const stored = valueAt(thing, PARENTS);
  const entries: readonly (readonly [string, JsonValue])[] =
    kind === 'twin'
      ? typeof stored === 'string'
        ? [[stored, 1]]
        : []
      : isJsonObject(stored)
        ? Object.entries(stored)
        : [];
  return entries.flatMap(([text, count]) => {
    const parentId = thingIdOf(text);
    return parentId !== undefined && isCount(count) ? [{ parentId, count }] : [];
  });
}

/**
 * The number of children in a path: digits, from 1 to `max`.
 * @throws CountInvalid
 */
export function parseCount(text: string, max: number): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > max) throw new CountInvalid(text, max);
  return count;
}

/** What `_parents` holds of a new child. */
export function parentsValue(kind: Kind, link: ParentLink): JsonValue {
  return kind === 'twin' ? link.parentId : { [link.parentId]: link.count };
}

/** Adds a parent to a type, or sets the count; gives a twin its one parent, and takes the place that it had with another one. */
export function linkCommand(kind: Kind, childId: ThingId, link: ParentLink, child: JsonObject = {}): MergeThing {
  const value = parentsValue(kind, link);
  const isElsewhere = kind === 'twin' && valueAt(child, PARENTS) !== link.parentId;
  if (!isElsewhere || valueAt(child, POSITION) === undefined)
    return { kind: 'merge', thingId: childId, path: PARENTS, value };
  return { kind: 'merge', thingId: childId, path: ['attributes'], value: { _parents: value, _position: null } };
}

/** Removes one parent of the child, and what its link says; with its last one the whole attribute. */
export function unlinkCommand(kind: Kind, child: JsonObject, childId: ThingId, parentId: ThingId): MergeThing {
  const stored = valueAt(child, PARENTS);
  const hasOthers = kind === 'type' && isJsonObject(stored) && Object.keys(stored).some((key) => key !== parentId);
  if (!hasOthers) return unlinkAllCommand(childId, child);
  if (valueAt(child, [...LINKS, parentId]) === undefined)
    return { kind: 'merge', thingId: childId, path: [...PARENTS, parentId], value: null };
  const value = { _parents: { [parentId]: null }, _links: { [parentId]: null } };
  return { kind: 'merge', thingId: childId, path: ['attributes'], value };
}

/** Removes all parents of the child, and what its links say. */
export function unlinkAllCommand(childId: ThingId, child: JsonObject = {}): MergeThing {
  const others = [LINKS, POSITION].filter((pointer) => valueAt(child, pointer) !== undefined);
  if (others.length === 0) return { kind: 'merge', thingId: childId, path: PARENTS, value: null };
  const gone = Object.fromEntries(others.flatMap(([, name]) => (name === undefined ? [] : [[name, null]])));
  return { kind: 'merge', thingId: childId, path: ['attributes'], value: { _parents: null, ...gone } };
}

/** Whether it is a number of children for each parent. */
export function isCount(value: JsonValue): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

/** A thing id, or undefined for what is none. */
export function thingIdOf(text: string): ThingId | undefined {
  try {
    return parseThingId(text);
  } catch (error) {
    if (error instanceof ThingIdInvalid) return undefined;
    throw error;
  }
}
