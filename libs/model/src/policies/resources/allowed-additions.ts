import { isJsonArray } from '../../json/index.js';
import { PolicyEntryInvalid, PolicyValueInvalid } from '../errors.js';
import { ALLOWED_ADDITIONS } from '../policy.js';
import type { PolicyResourceDefinition } from './policy-resource.js';
import { refusalsOf } from './refusals.js';

export const allowedAdditions = {
  parse: (value) => {
    if (!isJsonArray(value)) throw new PolicyValueInvalid('allowedAdditions', 'a JSON array');
    for (const addition of value) {
      if (ALLOWED_ADDITIONS.some((known) => known === addition)) continue;
      throw new PolicyEntryInvalid(
        `${JSON.stringify(addition)} is no allowed addition`,
        `Allowed additions are ${ALLOWED_ADDITIONS.join(', ')}.`,
      );
    }
    return [...new Set(value)];
  },
  ...refusalsOf('entry'),
  deletable: true,
  whenUnset: [],
  isTrait: true,
} satisfies PolicyResourceDefinition;
