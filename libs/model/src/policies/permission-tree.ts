import { isJsonObject, isRemovalByRegex, member } from '../json/index.js';
import type { JsonPointer, JsonValue } from '../json/index.js';
import type { Permission } from './policy.js';

/** Permissions as bits, so that a set of them is a number. */
const BITS: Readonly<Record<Permission, number>> = { READ: 1, WRITE: 2, EXECUTE: 4 };

/** What a policy says about one path. */
export interface Statement {
  readonly path: JsonPointer;
  readonly grant: readonly Permission[];
  readonly revoke: readonly Permission[];
}

const OWN = { configurable: true, enumerable: true, writable: true } as const;

interface Node {
  /** In force at this path itself, inherited ones included. */
  readonly granted: number;
  /** In force here and at every path below. */
  readonly unrestricted: number;
  /** In force here or at some path below. */
  readonly partial: number;
  /** Undefined when nothing is said about any path below. */
  readonly children: ReadonlyMap<string, Node> | undefined;
}

interface Draft {
  grant: number;
  revoke: number;
  readonly children: Map<string, Draft>;
}

/**
 * The permissions of all paths of one resource type. What is said about a path goes for all below it until a deeper
 * path says otherwise; a revoke beats a grant at the same path.
 */
export class PermissionTree {
  readonly #root: Node;

  constructor(statements: readonly Statement[]) {
    const root = newDraft();
    for (const { path, grant, revoke } of statements) {
      let draft = root;
      for (const segment of path) draft = childOf(draft, segment);
      draft.grant |= bitsOf(grant);
      draft.revoke |= bitsOf(revoke);
    }
    this.#root = compile(root, 0);
  }

  permits(path: JsonPointer, permission: Permission): boolean {
    return this.#has('unrestricted', path, BITS[permission]);
  }

  permitsPartially(path: JsonPointer, permission: Permission): boolean {
    return this.#has('partial', path, BITS[permission]);
  }

  /** The value at the path without what the permission does not cover; the value itself when it covers all. */
  view(path: JsonPointer, value: JsonValue, permission: Permission): JsonValue | undefined {
    const bit = BITS[permission];
    let node = this.#root;
    for (const segment of path) {
      const child = node.children?.get(segment);
      if (child === undefined) return (node.granted & bit) === 0 ? undefined : value;
      node = child;
    }
    return viewOf(node, value, bit);
  }

  /** Whether the permission covers every leaf of the patch with all that is below it. */
  covers(path: JsonPointer, patch: JsonValue, permission: Permission): boolean {
    const bit = BITS[permission];
    let node = this.#root;
    for (const segment of path) {
      const child = node.children?.get(segment);
      if (child === undefined) return (node.granted & bit) !== 0;
      node = child;
    }
    return coversLeaves(node, patch, bit);
  }

  #has(extent: 'unrestricted' | 'partial', path: JsonPointer, bit: number): boolean {
    let node = this.#root;
    for (const segment of path) {
      const child = node.children?.get(segment);
      if (child === undefined) return (node.granted & bit) !== 0;
      node = child;
    }
    return (node[extent] & bit) !== 0;
  }
}

function viewOf(node: Node, value: JsonValue, bit: number): JsonValue | undefined {
  if ((node.unrestricted & bit) !== 0) return value;
  if ((node.partial & bit) === 0) return undefined;
  const granted = (node.granted & bit) !== 0;
  if (Array.isArray(value)) {
    // Indices are no part of paths: the members of objects in an array are those of the array (as in Ditto).
    const elements = value.map((element: JsonValue) => viewOf(node, element, bit)).filter((view) => view !== undefined);
    return elements.length > 0 || granted ? elements : undefined;
  }
  if (!isJsonObject(value)) return granted ? value : undefined;
  const members: Record<string, JsonValue> = {};
  let isEmpty = true;
  for (const key of Object.keys(value)) {
    const child = node.children?.get(key);
    const inner = member(value, key) ?? null;
    const view = child !== undefined ? viewOf(child, inner, bit) : granted ? inner : undefined;
    if (view === undefined) continue;
    isEmpty = false;
    // An assignment to `__proto__` defines no member. Object.fromEntries would, at 2.7 times the cost of the whole view.
    if (key === '__proto__') Object.defineProperty(members, key, { ...OWN, value: view });
    else members[key] = view;
  }
  // An object that may be read is there even when nothing in it may be read.
  return isEmpty && !granted ? undefined : members;
}

function coversLeaves(node: Node, patch: JsonValue, bit: number): boolean {
  if ((node.unrestricted & bit) !== 0) return true;
  if (!isJsonObject(patch)) return false;
  const keys = Object.keys(patch);
  if (keys.length === 0) return false;
  return keys.every((key) => {
    const change = member(patch, key) ?? null;
    // It may remove anything here.
    if (isRemovalByRegex(key, change)) return false;
    const child = node.children?.get(key);
    return child === undefined ? (node.granted & bit) !== 0 : coversLeaves(child, change, bit);
  });
}

function compile(draft: Draft, inherited: number): Node {
  const granted = (inherited | draft.grant) & ~draft.revoke;
  if (draft.children.size === 0) return { granted, unrestricted: granted, partial: granted, children: undefined };
  let unrestricted = granted;
  let partial = granted;
  const children = new Map<string, Node>();
  for (const [segment, child] of draft.children) {
    const node = compile(child, granted);
    unrestricted &= node.unrestricted;
    partial |= node.partial;
    children.set(segment, node);
  }
  return { granted, unrestricted, partial, children };
}

function newDraft(): Draft {
  return { grant: 0, revoke: 0, children: new Map() };
}

function childOf(draft: Draft, segment: string): Draft {
  const known = draft.children.get(segment);
  if (known !== undefined) return known;
  const child = newDraft();
  draft.children.set(segment, child);
  return child;
}

function bitsOf(permissions: readonly Permission[]): number {
  return permissions.reduce((bits, permission) => bits | BITS[permission], 0);
}
