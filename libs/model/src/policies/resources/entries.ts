import { PolicyModificationInvalid, PolicyNotAccessible, PolicyNotModifiable } from '../errors.js';
import { entry } from './entry.js';
import { checkLabel } from './label.js';
import { parseMap } from './parse-map.js';
import type { PolicyResourceDefinition } from './policy-resource.js';

export const entries = {
  parse: (value, context) => parseMap('entries', value, checkLabel, (each) => entry.parse(each, context)),
  notFound: PolicyNotAccessible,
  notModifiable: PolicyNotModifiable,
  modificationInvalid: (id) => new PolicyModificationInvalid(id),
  deletable: false,
  isTrait: true,
} satisfies PolicyResourceDefinition;
