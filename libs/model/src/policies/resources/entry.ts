import { isJsonObject, member } from '../../json/index.js';
import type { JsonObject, JsonValue } from '../../json/index.js';
import { PolicyEntryNotAccessible, PolicyValueInvalid } from '../errors.js';
import { allowedAdditions } from './allowed-additions.js';
import { importable } from './importable.js';
import { namespaces } from './namespaces.js';
import type { PolicyResourceDefinition } from './policy-resource.js';
import { references } from './references.js';
import { refusalsOf } from './refusals.js';
import { resources } from './resources.js';
import { subjects } from './subjects.js';

export const entry = {
  parse: (value, context) => {
    if (!isJsonObject(value)) throw new PolicyValueInvalid('A policy entry', 'a JSON object');
    const named = parseOptional(value, 'references', references.parse);
    return {
      subjects: subjects.parse(member(value, 'subjects') ?? {}, context),
      resources: resources.parse(member(value, 'resources') ?? {}),
      ...parseOptional(value, 'namespaces', namespaces.parse),
      importable: importable.parse(member(value, 'importable') ?? 'implicit'),
      ...parseOptional(value, 'allowedAdditions', allowedAdditions.parse),
      // Ditto knows no empty list of references.
      ...(named.references?.length === 0 ? {} : named),
    };
  },
  ...refusalsOf('entry'),
  notFound: PolicyEntryNotAccessible,
  deletable: true,
} satisfies PolicyResourceDefinition;

/** The member under its name; nothing when it is absent or null. */
function parseOptional<Name extends string, Value extends JsonValue>(
  object: JsonObject,
  name: Name,
  parse: (value: JsonValue) => Value,
): { readonly [key in Name]?: Value } {
  const value = member(object, name) ?? null;
  return value === null ? {} : ({ [name]: parse(value) } as { readonly [key in Name]?: Value });
}
