import { isJsonObject, member } from '../../json/index.js';
import type { JsonObject, JsonValue } from '../../json/index.js';
import { PolicyEntryInvalid, PolicyValueInvalid } from '../errors.js';
import { importable } from './importable.js';
import type { PolicyResourceDefinition } from './policy-resource.js';
import { refusalsOf } from './refusals.js';
import { resources } from './resources.js';
import { subjects } from './subjects.js';

/** Members of Ditto's model that change who is granted what: dropping them would grant other rights than asked for. */
const UNSUPPORTED = ['namespaces', 'references', 'allowedAdditions'] as const;

export const entry = {
  parse: (value, context) => {
    if (!isJsonObject(value)) throw new PolicyValueInvalid('A policy entry', 'a JSON object');
    for (const name of UNSUPPORTED) refuseContent(value, name);
    return {
      subjects: subjects.parse(member(value, 'subjects') ?? {}, context),
      resources: resources.parse(member(value, 'resources') ?? {}),
      importable: importable.parse(member(value, 'importable') ?? 'implicit'),
    };
  },
  ...refusalsOf('entry', 'entry'),
  deletable: true,
} satisfies PolicyResourceDefinition;

/** Lets an absent or empty member pass. @throws PolicyEntryInvalid */
export function refuseContent(value: JsonObject, name: string): void {
  if (isEmpty(member(value, name))) return;
  throw new PolicyEntryInvalid(`'${name}' is not supported`, `Leave '${name}' out.`);
}

function isEmpty(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
