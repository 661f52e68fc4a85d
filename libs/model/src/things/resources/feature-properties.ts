import { isJsonObject } from '../../json/index.js';
import type { JsonPointer, JsonValue } from '../../json/index.js';
import { ValueTypeInvalid, partNotFound, partNotModifiable } from '../errors.js';
import { checkKey, checkKeys } from './keys.js';
import type { ThingResourceDefinition, ValueUse } from './thing-resource.js';

/** `properties` and `desiredProperties`, whole or one of them, differ in their names and in what may be stored. */
function resourceOf(
  part: 'properties' | 'property' | 'desiredProperties' | 'desiredProperty',
  parse: ThingResourceDefinition['parse'],
) {
  return {
    parse,
    notFound: partNotFound(`feature.${part}`),
    notModifiable: partNotModifiable(`feature.${part}`),
    deletable: true,
    needsFeature: true,
  } satisfies ThingResourceDefinition;
}

function parseAll(value: JsonValue, _path: JsonPointer, use: ValueUse): JsonValue {
  if (value !== null && !isJsonObject(value))
    throw new ValueTypeInvalid('The properties of a feature', 'a JSON object');
  checkKeys(value, use);
  return value;
}

function parseOne(value: JsonValue, path: JsonPointer, use: ValueUse): JsonValue {
  path.slice(3).forEach(checkKey);
  checkKeys(value, use);
  return value;
}

export const featureProperties = resourceOf('properties', parseAll);
export const featureProperty = resourceOf('property', parseOne);
export const featureDesiredProperties = resourceOf('desiredProperties', parseAll);
export const featureDesiredProperty = resourceOf('desiredProperty', parseOne);
