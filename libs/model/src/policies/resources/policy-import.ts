import { parsePolicyId } from '../../ids/index.js';
import type { PolicyId } from '../../ids/index.js';
import { isJsonArray, isJsonObject, member } from '../../json/index.js';
import type { JsonValue } from '../../json/index.js';
import {
  PolicyImportInvalid,
  PolicyModificationInvalid,
  PolicyValueInvalid,
  partNotFound,
  partNotModifiable,
} from '../errors.js';
import type { PolicyImport } from '../policy.js';
import { checkLabel } from './label.js';
import type { PolicyResourceDefinition, PolicyTarget } from './policy-resource.js';

const refusals = {
  notFound: partNotFound('import'),
  notModifiable: partNotModifiable('import'),
  modificationInvalid: (id) => new PolicyModificationInvalid(id),
} satisfies Partial<PolicyResourceDefinition>;

/** One import; the last segment of its place is the imported policy. */
export const policyImport = {
  parse: (value, _context, target) => parseImport(value, target),
  ...refusals,
  deletable: true,
} satisfies PolicyResourceDefinition;

export const importEntries = {
  parse: (value) => {
    if (!isJsonArray(value)) throw new PolicyValueInvalid('The entries of an import', 'a JSON array');
    return labelsOf(value);
  },
  ...refusals,
  deletable: false,
  whenUnset: [],
  isTrait: true,
  isUntagged: true,
} satisfies PolicyResourceDefinition;

export const transitiveImports = {
  parse: (value, _context, { policyId, pointer }) => {
    if (!isJsonArray(value)) throw new PolicyValueInvalid('transitiveImports', 'a JSON array');
    refuseItself(policyId, pointer[1]);
    return idsOf(value, policyId);
  },
  ...refusals,
  deletable: false,
  whenUnset: [],
  isTrait: true,
  isUntagged: true,
} satisfies PolicyResourceDefinition;

/** @throws PolicyImportInvalid when a policy imports itself, by way of others, too */
export function parseImport(value: JsonValue, { policyId, pointer }: PolicyTarget): PolicyImport {
  refuseItself(policyId, pointer[1]);
  if (!isJsonObject(value)) throw new PolicyValueInvalid('A policy import', 'a JSON object');
  if (Object.keys(value).length === 0) return {};
  const labels = member(value, 'entries') ?? [];
  if (!isJsonArray(labels)) throw new PolicyValueInvalid('The entries of an import', 'a JSON array');
  const transitive = member(value, 'transitiveImports') ?? [];
  if (!isJsonArray(transitive)) throw new PolicyValueInvalid('transitiveImports', 'a JSON array');
  const entries = labelsOf(labels);
  const ids = idsOf(transitive, policyId);
  return ids.length === 0 ? { entries } : { entries, transitiveImports: ids };
}

function refuseItself(policyId: PolicyId, imported: string | undefined): void {
  if (imported !== policyId) return;
  throw new PolicyImportInvalid(`'${policyId}' would import itself`, 'Import another policy.');
}

/** As Ditto, passes over what is no string. */
function labelsOf(values: readonly JsonValue[]): readonly string[] {
  return [...new Set(values.filter((value) => typeof value === 'string').map(checkLabel))];
}

function idsOf(values: readonly JsonValue[], policyId: PolicyId): readonly PolicyId[] {
  return values.map((value) => {
    if (typeof value !== 'string') {
      throw new PolicyImportInvalid(
        `transitiveImports holds ${JSON.stringify(value)}`,
        'Each of them is the ID of a policy, as a string.',
      );
    }
    const id = parsePolicyId(value);
    if (id !== policyId) return id;
    throw new PolicyImportInvalid(
      `'${policyId}' would import itself by way of another policy`,
      'Leave its ID out of transitiveImports.',
    );
  });
}
