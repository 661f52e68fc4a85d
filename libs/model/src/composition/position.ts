import type { ThingId } from '../ids/index.js';
import { valueAt } from '../json/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import { compareJson } from '../rql/index.js';
import type { Kind } from './kind.js';
import { LINKS } from './link-settings.js';
import { POSITION } from './parents.js';

/** Where the place of a child among those of a parent is kept: of a type, with the link. */
export function positionPointer(kind: Kind, parentId: ThingId): JsonPointer {
  return kind === 'twin' ? POSITION : [...LINKS, parentId, 'position'];
}

/** What the place of a child is kept as; undefined when it has none, or somebody has broken it. */
export function rankOf(kind: Kind, parentId: ThingId, child: JsonObject): number | undefined {
  const rank = valueAt(child, positionPointer(kind, parentId));
  return typeof rank === 'number' ? rank : undefined;
}

/** A child of a parent, and what says where it is among them: null for nothing. */
export interface Sibling {
  readonly id: ThingId;
  readonly rank: JsonValue;
}

export function siblingOf(kind: Kind, parentId: ThingId, id: ThingId, thing: JsonObject): Sibling {
  return { id, rank: valueAt(thing, positionPointer(kind, parentId)) ?? null };
}

/** As searches sort by the position, and then by the id. */
export function compareSiblings(a: Sibling, b: Sibling): number {
  return compareJson(a.rank, b.rank) || compareJson(a.id, b.id);
}

/** What becomes of ranks; null for those that are not needed any more. */
export type Ranks = ReadonlyMap<ThingId, number | null>;

/**
 * Puts one among its siblings, at an index counted from 0 without itself; beyond the last one it comes last. As few ranks
 * change as there can: of the others only where there is no room, or where it is to come before some that have none.
 * @param mover with the rank that it has now; it need not be among the siblings
 */
export function placeAt(siblings: readonly Sibling[], mover: Sibling, index: number): Ranks {
  const others = siblings.filter(({ id }) => id !== mover.id).toSorted(compareSiblings);
  const at = Math.min(index, others.length);
  const rank = rankAt(others, mover.id, at);
  if (rank !== undefined) return changes([mover], new Map([[mover.id, rank]]));
  const line = [...others.slice(0, at), mover, ...others.slice(at)];
  const unranked = others.filter((other) => other.rank === null).length;
  return changes(line, numbered(line, Math.min(at, unranked)));
}

/** Puts some first, in their order; the others follow as they are. Those that are no siblings are left out. */
export function arrange(siblings: readonly Sibling[], first: readonly ThingId[]): Ranks {
  const byId = new Map(siblings.map((sibling) => [sibling.id, sibling]));
  const head = [...new Set(first)].flatMap((id) => byId.get(id) ?? []);
  const named = new Set(head.map(({ id }) => id));
  const line = [...head, ...siblings.filter(({ id }) => !named.has(id)).toSorted(compareSiblings)];
  const isSo = line.every((sibling, index) => index === 0 || compareSiblings(line[index - 1] ?? sibling, sibling) < 0);
  return isSo ? new Map() : changes(line, numbered(line, 0));
}

/** A rank between those on both sides, null where the id alone leads there; undefined where there is no room. */
function rankAt(others: readonly Sibling[], id: ThingId, at: number): number | null | undefined {
  const [before, after] = [others[at - 1], others[at]];
  const bare = { id, rank: null };
  const isAfter = before === undefined || compareSiblings(before, bare) < 0;
  if (isAfter && (after === undefined || compareSiblings(bare, after) < 0)) return null;
  if (after?.rank === null) return undefined;
  const [low, high] = [before?.rank ?? null, after?.rank];
  if (high === undefined) return low === null ? 1 : typeof low === 'number' ? roomAbove(low) : undefined;
  if (typeof high !== 'number') return undefined;
  return low === null ? roomBelow(high) : typeof low === 'number' ? between(low, high) : undefined;
}

function roomAbove(low: number): number | undefined {
  const rank = Math.floor(low) + 1;
  return rank > low ? rank : undefined;
}

function roomBelow(high: number): number | undefined {
  const rank = Math.ceil(high) - 1;
  return rank < high ? rank : undefined;
}

function between(low: number, high: number): number | undefined {
  const rank = low + (high - low) / 2;
  return low < rank && rank < high ? rank : undefined;
}

/** Whole numbers from 1 on for those of a line that come behind the first ones, which need none. */
function numbered(line: readonly Sibling[], first: number): Ranks {
  return new Map(line.map(({ id }, index) => [id, index < first ? null : index - first + 1]));
}

function changes(line: readonly Sibling[], ranks: Ranks): Ranks {
  return new Map(
    line.flatMap(({ id, rank }): readonly (readonly [ThingId, number | null])[] => {
      const next = ranks.get(id) ?? null;
      return next === rank ? [] : [[id, next]];
    }),
  );
}
