import { JsonFieldMissing, isJsonObject, member } from '../../json/index.js';
import type { JsonObject, JsonValue } from '../../json/index.js';
import { PolicyEntryInvalid, PolicyValueInvalid } from '../errors.js';
import { PERMISSIONS } from '../policy.js';
import type { Permission } from '../policy.js';
import type { PolicyResourceDefinition } from './policy-resource.js';
import { refusalsOf } from './refusals.js';

export const resource = {
  parse: (value) => {
    if (!isJsonObject(value)) throw new PolicyValueInvalid('A resource', 'a JSON object');
    return { grant: parsePermissions(value, 'grant'), revoke: parsePermissions(value, 'revoke') };
  },
  ...refusalsOf('resource'),
  deletable: true,
} satisfies PolicyResourceDefinition;

function parsePermissions(value: JsonObject, effect: 'grant' | 'revoke'): readonly Permission[] {
  const permissions = member(value, effect);
  if (permissions === undefined) throw new JsonFieldMissing(effect);
  if (!Array.isArray(permissions)) throw new PolicyValueInvalid(effect, 'a JSON array');
  return [...new Set(permissions.map(parsePermission))];
}

function parsePermission(value: JsonValue): Permission {
  const permission = PERMISSIONS.find((known) => known === value);
  if (permission !== undefined) return permission;
  throw new PolicyEntryInvalid(
    `${JSON.stringify(value)} is no permission`,
    `Permissions are ${PERMISSIONS.join(', ')}.`,
  );
}
