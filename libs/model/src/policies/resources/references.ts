import { parsePolicyId } from '../../ids/index.js';
import { JsonFieldMissing, isJsonArray, isJsonObject, member } from '../../json/index.js';
import type { JsonValue } from '../../json/index.js';
import { PolicyEntryInvalid, PolicyValueInvalid } from '../errors.js';
import type { EntryReference } from '../policy.js';
import { checkLabel } from './label.js';
import type { PolicyResourceDefinition } from './policy-resource.js';
import { refusalsOf } from './refusals.js';

export const references = {
  parse: (value) => {
    if (!isJsonArray(value)) throw new PolicyValueInvalid('references', 'a JSON array');
    return value.map(parseReference);
  },
  ...refusalsOf('entry'),
  deletable: true,
  whenUnset: [],
} satisfies PolicyResourceDefinition;

/** A present `import` must name a policy: taking it for a local reference would give the entry other rights. */
function parseReference(value: JsonValue): EntryReference {
  if (!isJsonObject(value)) {
    throw new PolicyEntryInvalid(
      `${JSON.stringify(value)} is no reference`,
      "A reference is a JSON object with the label as 'entry' and, unless it is of the same Policy, 'import'.",
    );
  }
  const entry = member(value, 'entry');
  if (entry === undefined) throw new JsonFieldMissing('entry');
  if (typeof entry !== 'string') throw new PolicyValueInvalid('The entry of a reference', 'a JSON string');
  const imported = member(value, 'import');
  if (imported === undefined) return { entry: checkLabel(entry) };
  if (typeof imported !== 'string' || imported === '') {
    throw new PolicyValueInvalid('The import of a reference', 'a JSON string with the ID of a policy');
  }
  return { import: parsePolicyId(imported), entry: checkLabel(entry) };
}
