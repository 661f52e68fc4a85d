import { isJsonArray } from '../../json/index.js';
import { FeatureDefinitionEmpty, ValueTypeInvalid, partNotFound, partNotModifiable } from '../errors.js';
import { checkDefinitionIdentifier } from './definition.js';
import type { ThingResourceDefinition } from './thing-resource.js';

export const featureDefinition = {
  parse: (value) => {
    if (value === null) return null;
    if (!isJsonArray(value)) throw new ValueTypeInvalid('A feature definition', 'a JSON array of strings');
    if (value.length === 0) throw new FeatureDefinitionEmpty();
    for (const identifier of value) {
      if (typeof identifier !== 'string') throw new ValueTypeInvalid('A feature definition', 'a JSON array of strings');
      checkDefinitionIdentifier(identifier);
    }
    return value;
  },
  notFound: partNotFound('feature.definition'),
  notModifiable: partNotModifiable('feature.definition'),
  deletable: true,
  needsFeature: true,
} satisfies ThingResourceDefinition;
