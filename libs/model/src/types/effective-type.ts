import { ownAttributes } from '../composition/index.js';
import type { ThingId } from '../ids/index.js';
import { isJsonObject, member, mergePatch, valueAt } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { parseTypeModel } from './parse-type-model.js';
import { EMPTY_MODEL, MODEL } from './type-model.js';
import type { FeatureRules, TypeModel, TypeRules, Validation } from './type-model.js';

/** What twins are made from and held to: a type with all that it takes from others. */
export interface EffectiveType {
  readonly typeId: ThingId;
  readonly definition: string | undefined;
  /** Without the server's own. */
  readonly attributes: JsonObject;
  readonly features: JsonObject;
  readonly rules: TypeRules;
  /** References to what it takes from, in the order in which they were laid over each other, the type itself last. */
  readonly lineage: readonly string[];
}

/** The model that a type has; undefined when it has none. @throws TypeModelInvalid, JsonSchemaInvalid */
export function modelOf(type: JsonObject): TypeModel | undefined {
  const stored = valueAt(type, ['attributes', MODEL]);
  return stored === undefined || stored === null ? undefined : parseTypeModel(stored);
}

/** Whether twins of a type are made and held to it as its model says, and not as types without one. */
export function hasModel(type: JsonObject): boolean {
  return isJsonObject(valueAt(type, ['attributes', MODEL]));
}

/** What a type says itself. */
export function ownType(typeId: ThingId, type: JsonObject, model: TypeModel = EMPTY_MODEL): EffectiveType {
  const { validation = 'off', attributes, features } = model;
  const definition = member(type, 'definition');
  const own = member(type, 'features');
  return {
    typeId,
    definition: typeof definition === 'string' ? definition : undefined,
    attributes: ownAttributes(type),
    features: isJsonObject(own) ? own : {},
    rules: { validation, attributes, features },
    lineage: [typeId],
  };
}

/**
 * Lays a type over what it takes from: its values are a merge patch (RFC 7396), so that null takes something away; schemas
 * must hold with those of the base; rules of a property win member by member.
 * @param validation what the type itself says
 */
export function layOver(base: EffectiveType, own: EffectiveType, validation?: Validation): EffectiveType {
  return {
    typeId: own.typeId,
    definition: own.definition ?? base.definition,
    attributes: merged(base.attributes, own.attributes),
    features: merged(base.features, own.features),
    rules: {
      validation: validation ?? base.rules.validation,
      attributes: [...base.rules.attributes, ...own.rules.attributes],
      features: mergedFeatures(base.rules.features, own.rules.features),
    },
    lineage: [...base.lineage, ...own.lineage],
  };
}

function mergedFeatures(
  base: ReadonlyMap<string, FeatureRules>,
  own: ReadonlyMap<string, FeatureRules>,
): ReadonlyMap<string, FeatureRules> {
  const all = new Map(base);
  for (const [id, rules] of own) {
    const inherited = base.get(id);
    all.set(id, inherited === undefined ? rules : mergedRules(inherited, rules));
  }
  return all;
}

function mergedRules(base: FeatureRules, own: FeatureRules): FeatureRules {
  const properties = new Map(base.properties);
  for (const [name, rules] of own.properties) properties.set(name, { ...properties.get(name), ...rules });
  return { required: base.required || own.required, schemas: [...base.schemas, ...own.schemas], properties };
}

function merged(base: JsonObject, patch: JsonObject): JsonObject {
  const value: JsonValue = mergePatch(base, patch);
  return isJsonObject(value) ? value : base;
}
