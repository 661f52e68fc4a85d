import { partNotFound, partNotModifiable } from '../errors.js';
import { checkKey, checkKeys } from './keys.js';
import type { ThingResourceDefinition } from './thing-resource.js';

export const attribute = {
  parse: (value, path, use) => {
    path.slice(1).forEach(checkKey);
    checkKeys(value, use);
    return value;
  },
  notFound: partNotFound('attribute'),
  notModifiable: partNotModifiable('attribute'),
  deletable: true,
  needsFeature: false,
} satisfies ThingResourceDefinition;
