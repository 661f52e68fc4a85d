import { parsePolicyId, parseThingId } from '../ids/index.js';
import type { PolicyId, ThingId } from '../ids/index.js';
import { JsonFieldMissing, isJsonArray, isJsonObject, member, parsePointer } from '../json/index.js';
import type { JsonArray, JsonObject, JsonValue } from '../json/index.js';
import { PolicyValueInvalid } from './errors.js';
import type { Enforcer } from './enforcer.js';
import { joinResourceKey } from './policy-path.js';
import { PERMISSIONS, RESOURCE_TYPES } from './policy.js';
import type { ResourceKey } from './resource-key.js';

/** A question after rights on one entity (Ditto, "Checking permissions"). */
export interface PermissionCheck {
  /** Under which it is answered. */
  readonly name: string;
  readonly resource: ResourceKey;
  /** All of them must be granted; one that does not exist is granted to nobody. */
  readonly permissions: readonly string[];
  readonly entity:
    { readonly kind: 'thing'; readonly id: ThingId } | { readonly kind: 'policy'; readonly id: PolicyId };
}

/**
 * Reads the body of a request: a map of names, or one under `permissionChecks`. As Ditto, passes over what is no object.
 * @throws PolicyValueInvalid, JsonFieldMissing, JsonPointerInvalid, ThingIdInvalid, PolicyIdInvalid
 */
export function parsePermissionChecks(value: JsonValue): readonly PermissionCheck[] {
  if (!isJsonObject(value)) throw new PolicyValueInvalid('The map of permission checks', 'a JSON object');
  const wrapped = member(value, 'permissionChecks');
  const checks = isJsonObject(wrapped) ? wrapped : value;
  return Object.keys(checks).flatMap((name) => {
    const check = member(checks, name);
    return isJsonObject(check) ? [parseCheck(name, check)] : [];
  });
}

/** Whether all permissions of a check are granted. */
export function isGranted({ resource, permissions }: PermissionCheck, enforcer: Enforcer): boolean {
  return permissions.every((name) => {
    const permission = PERMISSIONS.find((known) => known === name);
    return permission !== undefined && enforcer.permits(resource.type, resource.path, permission);
  });
}

function parseCheck(name: string, check: JsonObject): PermissionCheck {
  const resource = parseResource(name, textOf(check, 'resource'));
  const id = textOf(check, 'entityId');
  const permissions = permissionsOf(check);
  const entity =
    resource.type === 'policy'
      ? ({ kind: 'policy', id: parsePolicyId(id) } as const)
      : ({ kind: 'thing', id: parseThingId(id) } as const);
  return { name, resource, permissions, entity };
}

function parseResource(name: string, text: string): ResourceKey {
  const colon = text.indexOf(':');
  const type = RESOURCE_TYPES.find((known) => known === text.slice(0, colon));
  if (type === undefined) {
    throw new PolicyValueInvalid(`The resource of the check '${name}'`, `type:/path with ${RESOURCE_TYPES.join(', ')}`);
  }
  const path = parsePointer(text.slice(colon + 1));
  return { type, path: type === 'policy' ? joinResourceKey(path) : path };
}

function textOf(check: JsonObject, name: string): string {
  const value = member(check, name);
  if (value === undefined) throw new JsonFieldMissing(name);
  if (typeof value !== 'string') throw new PolicyValueInvalid(name, 'a JSON string');
  return value;
}

function permissionsOf(check: JsonObject): readonly string[] {
  const value = member(check, 'hasPermissions');
  if (value === undefined) throw new JsonFieldMissing('hasPermissions');
  if (isJsonArray(value) && value.length > 0 && areTexts(value)) return value;
  throw new PolicyValueInvalid('hasPermissions', 'a JSON array of one permission at least, as strings');
}

function areTexts(values: JsonArray): values is readonly string[] {
  return values.every((value) => typeof value === 'string');
}
