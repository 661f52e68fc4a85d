import { parsePolicyId } from '../../ids/index.js';
import type { PolicyId } from '../../ids/index.js';
import type { JsonObject, JsonValue } from '../../json/index.js';
import { PolicyImportsTooLarge, PolicyModificationInvalid, partNotFound, partNotModifiable } from '../errors.js';
import { parseMap } from './parse-map.js';
import type { PolicyResourceDefinition } from './policy-resource.js';
import { parseImport } from './policy-import.js';

/** Most imports that a policy may have (Ditto, "Policy imports: Limitations"). */
export const MAX_IMPORTS = 10;

export const imports = {
  parse: (value, _context, { policyId }) => parseImports(value, policyId),
  notFound: partNotFound('imports'),
  notModifiable: partNotModifiable('imports'),
  modificationInvalid: (id) => new PolicyModificationInvalid(id),
  deletable: true,
  isTrait: true,
} satisfies PolicyResourceDefinition;

/** @throws PolicyImportsTooLarge, PolicyImportInvalid, PolicyIdInvalid */
export function parseImports(value: JsonValue, policyId: PolicyId): JsonObject {
  const parsed = parseMap('imports', value, parsePolicyId, (each, imported) =>
    parseImport(each, { policyId, pointer: ['imports', imported] }),
  );
  checkCount(Object.keys(parsed).length);
  return parsed;
}

/** @throws PolicyImportsTooLarge */
export function checkCount(count: number): void {
  if (count > MAX_IMPORTS) throw new PolicyImportsTooLarge(count, MAX_IMPORTS);
}
