import { isJsonObject } from '../../json/index.js';
import { ValueTypeInvalid, partNotFound, partNotModifiable } from '../errors.js';
import { checkKey, checkKeys } from './keys.js';
import type { ThingResourceDefinition } from './thing-resource.js';

/** `properties` and `desiredProperties` differ in their names only. */
function allOf(part: string, what: string) {
  return {
    parse: (value) => {
      if (value !== null && !isJsonObject(value))
        throw new ValueTypeInvalid(`The ${what} of a feature`, 'a JSON object');
      checkKeys(value);
      return value;
    },
    notFound: partNotFound(`feature.${part}`, what),
    notModifiable: partNotModifiable(`feature.${part}`, what),
    deletable: true,
    needsFeature: true,
  } satisfies ThingResourceDefinition;
}

function oneOf(part: string, what: string) {
  return {
    parse: (value, path) => {
      path.slice(3).forEach(checkKey);
      checkKeys(value);
      return value;
    },
    notFound: partNotFound(`feature.${part}`, what),
    notModifiable: partNotModifiable(`feature.${part}`, what),
    deletable: true,
    needsFeature: true,
  } satisfies ThingResourceDefinition;
}

export const featureProperties = allOf('properties', 'properties');
export const featureProperty = oneOf('property', 'property');
export const featureDesiredProperties = allOf('desiredProperties', 'desired properties');
export const featureDesiredProperty = oneOf('desiredProperty', 'desired property');
