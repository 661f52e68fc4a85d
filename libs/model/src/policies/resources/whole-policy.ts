import type { PolicyId } from '../../ids/index.js';
import { isJsonObject, member } from '../../json/index.js';
import type { JsonObject, JsonValue } from '../../json/index.js';
import {
  PolicyIdNotSettable,
  PolicyModificationInvalid,
  PolicyNotAccessible,
  PolicyNotModifiable,
  PolicyValueInvalid,
} from '../errors.js';
import { parseStoredPolicy } from '../policy.js';
import type { Policy } from '../policy.js';
import { entries } from './entries.js';
import { parseImports } from './imports.js';
import type { PolicyContext, PolicyResourceDefinition } from './policy-resource.js';

/** A policy's content below its id. */
function parseContent(value: JsonValue, policyId: PolicyId, context: PolicyContext): JsonObject {
  if (!isJsonObject(value)) throw new PolicyValueInvalid('A Policy', 'a JSON object');
  return {
    imports: parseImports(member(value, 'imports') ?? {}, policyId),
    entries: entries.parse(member(value, 'entries') ?? {}, context),
  };
}

/**
 * The body of a PUT or POST: checked content with the id of the path.
 * @throws PolicyIdNotSettable when the body names another id
 */
export function parsePolicy(value: JsonValue, policyId: PolicyId, context: PolicyContext): Policy {
  const bodyId = isJsonObject(value) ? member(value, 'policyId') : undefined;
  if (bodyId !== undefined && bodyId !== policyId) throw new PolicyIdNotSettable('differs');
  return parseStoredPolicy({ policyId, ...parseContent(value, policyId, context) });
}

export const policy = {
  parse: (value, context, { policyId }) => parsePolicy(value, policyId, context),
  notFound: PolicyNotAccessible,
  notModifiable: PolicyNotModifiable,
  modificationInvalid: (id) => new PolicyModificationInvalid(id),
  deletable: true,
} satisfies PolicyResourceDefinition;
