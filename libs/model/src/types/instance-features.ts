import { nullLeaves } from '../composition/index.js';
import { isJsonObject, member, withMember } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import type { EffectiveType } from './effective-type.js';
import type { FeatureRules, PropertyRules } from './type-model.js';

/**
 * Features of a new twin: as the type has them, with the initial values that its model names; properties that are reset
 * begin with their default, or null; others that are missing with their default.
 */
export function instanceFeatures({ features, rules }: EffectiveType): JsonObject {
  let all = features;
  for (const [id, feature] of rules.features) {
    const own = member(features, id);
    const made = instanceFeature(isJsonObject(own) ? own : {}, feature);
    if (Object.keys(made).length > 0 || own !== undefined || feature.required) all = withMember(all, id, made);
  }
  return all;
}

function instanceFeature(own: JsonObject, { properties }: FeatureRules): JsonObject {
  let made = own;
  for (const [name, rules] of properties) {
    made = withProperty(made, name, (value) => valueOf(value, rules));
    if (rules.reset !== true) continue;
    const desired = member(made, 'desiredProperties');
    const wanted = isJsonObject(desired) ? member(desired, name) : undefined;
    if (isJsonObject(desired) && wanted !== undefined)
      made = withMember(made, 'desiredProperties', withMember(desired, name, nullLeaves(wanted)));
  }
  return made;
}

function withProperty(
  feature: JsonObject,
  name: string,
  change: (value: JsonValue | undefined) => JsonValue | undefined,
): JsonObject {
  const stored = member(feature, 'properties');
  const properties = isJsonObject(stored) ? stored : {};
  const value = change(member(properties, name));
  return value === undefined ? feature : withMember(feature, 'properties', withMember(properties, name, value));
}

function valueOf(own: JsonValue | undefined, { initial, default: usual, reset }: PropertyRules): JsonValue | undefined {
  if (initial !== undefined) return initial;
  if (reset !== true) return own ?? usual;
  return usual ?? (own === undefined ? undefined : nullLeaves(own));
}
