import { isJsonArray } from '../../json/index.js';
import { isNamespacePattern } from '../namespace-pattern.js';
import { PolicyEntryInvalid, PolicyEntryNotAccessible, PolicyValueInvalid } from '../errors.js';
import type { PolicyResourceDefinition } from './policy-resource.js';
import { refusalsOf } from './refusals.js';

export const namespaces = {
  parse: (value) => {
    if (!isJsonArray(value)) throw new PolicyValueInvalid('namespaces', 'a JSON array');
    for (const pattern of value) {
      if (typeof pattern === 'string' && isNamespacePattern(pattern)) continue;
      throw new PolicyEntryInvalid(
        `${JSON.stringify(pattern)} is no pattern of namespaces`,
        "A pattern is a namespace such as 'com.acme', or one with '.*' behind it for all below it.",
      );
    }
    return [...new Set(value)];
  },
  ...refusalsOf('entry'),
  notFound: PolicyEntryNotAccessible,
  deletable: false,
  isTrait: true,
  isUntagged: true,
} satisfies PolicyResourceDefinition;
