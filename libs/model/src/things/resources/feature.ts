import { isJsonObject, isRemovalByRegex, member } from '../../json/index.js';
import type { JsonPointer, JsonValue } from '../../json/index.js';
import { ValueTypeInvalid, partNotFound, partNotModifiable } from '../errors.js';
import { featureDefinition } from './feature-definition.js';
import { featureDesiredProperties, featureProperties } from './feature-properties.js';
import { checkFeatureId } from './keys.js';
import { pickMembers } from './pick-members.js';
import type { ThingResourceDefinition, ValueUse } from './thing-resource.js';

const MEMBERS = {
  definition: featureDefinition,
  properties: featureProperties,
  desiredProperties: featureDesiredProperties,
} as const;

/** A feature's members, unknown ones dropped; null stays null. */
export function parseFeature(id: string, value: JsonValue, use: ValueUse): JsonValue {
  if (use === 'merge' && isRemovalByRegex(id, value)) return null;
  checkFeatureId(id);
  if (value === null) return null;
  if (!isJsonObject(value)) throw new ValueTypeInvalid(`The feature '${id}'`, 'a JSON object');
  return pickMembers(value, MEMBERS, ['features', id], use);
}

/** All features of an object, by their ids. */
export function parseFeatures(value: JsonValue, _path: JsonPointer, use: ValueUse): JsonValue {
  if (value === null) return null;
  if (!isJsonObject(value)) throw new ValueTypeInvalid('features', 'a JSON object');
  const features: [string, JsonValue][] = Object.keys(value).map((id) => [
    id,
    parseFeature(id, member(value, id) ?? null, use),
  ]);
  // Object.fromEntries defines own members, `__proto__` included.
  return Object.fromEntries<JsonValue>(features);
}

export const feature = {
  parse: (value, path, use) => parseFeature(path[1] ?? '', value, use),
  notFound: partNotFound('feature'),
  notModifiable: partNotModifiable('feature'),
  deletable: true,
  needsFeature: false,
} satisfies ThingResourceDefinition;

export const features = {
  parse: parseFeatures,
  notFound: partNotFound('features'),
  notModifiable: partNotModifiable('features'),
  deletable: true,
  needsFeature: false,
} satisfies ThingResourceDefinition;
