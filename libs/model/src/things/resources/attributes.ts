import { isJsonObject } from '../../json/index.js';
import { ValueTypeInvalid, partNotFound, partNotModifiable } from '../errors.js';
import { checkKeys } from './keys.js';
import type { ThingResourceDefinition } from './thing-resource.js';

export const attributes = {
  parse: (value, _path, use) => {
    if (value !== null && !isJsonObject(value)) throw new ValueTypeInvalid('attributes', 'a JSON object');
    checkKeys(value, use);
    return value;
  },
  notFound: partNotFound('attributes'),
  notModifiable: partNotModifiable('attributes'),
  deletable: true,
  needsFeature: false,
} satisfies ThingResourceDefinition;
