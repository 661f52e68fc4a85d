import { namespaceOf } from '../ids/index.js';
import type { PolicyId, ThingId } from '../ids/index.js';
import { isJsonObject } from '../json/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import { parseStoredThing } from '../things/index.js';
import type { Thing } from '../things/index.js';
import { parseInstant } from '../time/index.js';
import type { Instant } from '../time/index.js';
import { matchesNamespace } from './namespace-pattern.js';
import { PermissionTree } from './permission-tree.js';
import type { Statement } from './permission-tree.js';
import { joinResourceKey } from './policy-path.js';
import type { Permission, Policy, PolicyEntry, ResourceType, SubjectId } from './policy.js';
import { resolveLocally } from './resolve.js';
import { parseResourceKey } from './resource-key.js';

/** What some subjects, acting together, may do under one policy. */
export interface Enforcer {
  /** Until when the answers hold, exclusive; undefined when no subject expires. */
  readonly validUntil: Instant | undefined;
  /** Granted at the path, and nothing below is revoked. */
  permits(type: ResourceType, path: JsonPointer, permission: Permission): boolean;
  /** Granted at the path or anywhere below. */
  permitsPartially(type: ResourceType, path: JsonPointer, permission: Permission): boolean;
  /**
   * The readable parts of a thing and its id; undefined when nothing can be readable. The same object when all of it is.
   * Other members that a thing always has, `policyId` too, may be missing.
   */
  view(thing: Thing): Thing | undefined;
  /** The readable parts of what is, or was written, at a path of a thing; undefined when nothing is readable. */
  viewAt(path: JsonPointer, value: JsonValue): JsonValue | undefined;
  /** The readable parts of a policy, resolved or not, and its id; undefined when nothing can be readable. */
  viewPolicy(policy: Policy): JsonObject | undefined;
  /** The readable parts of a value at `path` of a policy; undefined when nothing is. */
  viewPolicyAt(path: JsonPointer, value: JsonValue): JsonValue | undefined;
  /** WRITE on every leaf that a merge patch of a thing touches; null, scalars and arrays replace all that is there. */
  permitsPatch(path: JsonPointer, patch: JsonValue): boolean;
}

/** What some subjects, acting together, may do under one policy: for a thing or policy of one namespace or another. */
export interface PolicyRights {
  /** Until when the answers hold, exclusive; undefined when no subject expires. */
  readonly validUntil: Instant | undefined;
  on(entity: ThingId | PolicyId): Enforcer;
}

/**
 * Works out a policy by itself, its imports left aside, for the subjects whose expiry is after `now`, and for entities of
 * its own namespace.
 */
export function compileEnforcer(policy: Policy, subjects: readonly SubjectId[], now: Instant): Enforcer {
  return compileRights(resolveLocally(policy), subjects, now).on(policy.policyId);
}

/** Works out resolved entries for the subjects whose expiry is after `now`. */
export function compileRights(
  entries: readonly PolicyEntry[],
  subjects: readonly SubjectId[],
  now: Instant,
): PolicyRights {
  const relevant: PolicyEntry[] = [];
  let validUntil = Infinity;
  for (const entry of entries) {
    const expiry = Math.max(...subjects.map((subject) => expiryOf(entry, subject)));
    if (expiry <= now) continue;
    validUntil = Math.min(validUntil, expiry);
    relevant.push(entry);
  }
  return new CompiledRights(relevant, validUntil === Infinity ? undefined : validUntil);
}

/** Namespaces whose enforcers are kept. */
const MAX_NAMESPACES = 100;

class CompiledRights implements PolicyRights {
  /** For every namespace, when no entry is for some of them only. */
  readonly #everywhere: Enforcer | undefined;
  readonly #byNamespace = new Map<string, Enforcer>();

  constructor(
    private readonly entries: readonly PolicyEntry[],
    readonly validUntil: Instant | undefined,
  ) {
    const isScoped = entries.some(({ namespaces = [] }) => namespaces.length > 0);
    this.#everywhere = isScoped ? undefined : compile(entries, validUntil);
  }

  on(entity: ThingId | PolicyId): Enforcer {
    return this.#everywhere ?? this.#in(namespaceOf(entity));
  }

  #in(namespace: string): Enforcer {
    const known = this.#byNamespace.get(namespace);
    if (known !== undefined) return known;
    const entries = this.entries.filter((entry) => isFor(entry, namespace));
    const enforcer = compile(entries, this.validUntil);
    if (this.#byNamespace.size >= MAX_NAMESPACES) this.#byNamespace.clear();
    this.#byNamespace.set(namespace, enforcer);
    return enforcer;
  }
}

/** Whether an entry is for things and policies of a namespace. */
export function isFor({ namespaces = [] }: PolicyEntry, namespace: string): boolean {
  return namespaces.length === 0 || namespaces.some((pattern) => matchesNamespace(pattern, namespace));
}

function compile(entries: readonly PolicyEntry[], validUntil: Instant | undefined): Enforcer {
  const statements: Record<ResourceType, Statement[]> = { thing: [], policy: [], message: [] };
  for (const { resources } of entries) {
    for (const [key, { grant, revoke }] of Object.entries(resources)) {
      const { type, path } = parseResourceKey(key);
      statements[type].push({ path: type === 'policy' ? joinResourceKey(path) : path, grant, revoke });
    }
  }
  const trees = {
    thing: new PermissionTree(statements.thing),
    policy: new PermissionTree(statements.policy),
    message: new PermissionTree(statements.message),
  };
  return new CompiledEnforcer(trees, validUntil);
}

class CompiledEnforcer implements Enforcer {
  constructor(
    private readonly trees: Readonly<Record<ResourceType, PermissionTree>>,
    readonly validUntil: Instant | undefined,
  ) {}

  permits(type: ResourceType, path: JsonPointer, permission: Permission): boolean {
    return this.trees[type].permits(path, permission);
  }

  permitsPartially(type: ResourceType, path: JsonPointer, permission: Permission): boolean {
    return this.trees[type].permitsPartially(path, permission);
  }

  view(thing: Thing): Thing | undefined {
    const view = this.trees.thing.view([], thing, 'READ');
    if (view === thing) return thing;
    if (!this.permitsPartially('thing', [], 'READ')) return undefined;
    return parseStoredThing({ thingId: thing.thingId, ...(isJsonObject(view) ? view : {}) });
  }

  viewAt(path: JsonPointer, value: JsonValue): JsonValue | undefined {
    return this.trees.thing.view(path, value, 'READ');
  }

  viewPolicy(policy: Policy): JsonObject | undefined {
    if (!this.permitsPartially('policy', [], 'READ')) return undefined;
    const view = this.trees.policy.view([], policy, 'READ');
    return { policyId: policy.policyId, ...(isJsonObject(view) ? view : {}) };
  }

  viewPolicyAt(path: JsonPointer, value: JsonValue): JsonValue | undefined {
    return this.trees.policy.view(path, value, 'READ');
  }

  permitsPatch(path: JsonPointer, patch: JsonValue): boolean {
    return this.trees.thing.covers(path, patch, 'WRITE');
  }
}

/** When a subject ceases to be in an entry: -Infinity when it is not there, Infinity when it never expires. */
function expiryOf(entry: PolicyEntry, id: SubjectId): number {
  if (!Object.hasOwn(entry.subjects, id)) return -Infinity;
  const expiry = entry.subjects[id]?.expiry;
  return expiry === undefined ? Infinity : (parseInstant(expiry) ?? -Infinity);
}
