import { PolicyEntryInvalid } from '../errors.js';
import { IMPORTABLE } from '../policy.js';
import type { PolicyResourceDefinition } from './policy-resource.js';
import { refusalsOf } from './refusals.js';

export const importable = {
  parse: (value) => {
    const known = IMPORTABLE.find((name) => name === value);
    if (known !== undefined) return known;
    throw new PolicyEntryInvalid(
      `importable cannot be ${JSON.stringify(value)}`,
      `It is one of ${IMPORTABLE.join(', ')}.`,
    );
  },
  ...refusalsOf('entry'),
  deletable: false,
  isTrait: true,
  isUntagged: true,
} satisfies PolicyResourceDefinition;
