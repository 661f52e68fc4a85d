import type { ThingId } from '../ids/index.js';
import { isJsonObject } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import type { EffectiveType } from './effective-type.js';
import { ModelReader } from './model-reader.js';
import { parseProperty, parseValidation } from './parse-type-model.js';
import { propertyRulesJson } from './type-model.js';
import type { FeatureRules } from './type-model.js';

/** As it is shown, and kept in a version; `parseEffectiveType` reads it back. */
export function effectiveTypeJson(type: EffectiveType): JsonObject {
  const { typeId, definition, attributes, features, rules, lineage } = type;
  return {
    typeId,
    ...(definition === undefined ? {} : { definition }),
    attributes,
    features,
    model: {
      validation: rules.validation,
      attributes: { schemas: rules.attributes },
      features: Object.fromEntries([...rules.features].map(([id, feature]) => [id, featureJson(feature)])),
    },
    lineage,
  };
}

/** @throws TypeModelInvalid for what no Gemel wrote */
export function parseEffectiveType(typeId: ThingId, value: JsonValue): EffectiveType {
  const reader = new ModelReader(value, '');
  const model = new ModelReader(reader.value('model') ?? {}, '/model');
  const attributes = new ModelReader(model.value('attributes') ?? {}, '/model/attributes');
  return {
    typeId,
    definition: reader.text('definition'),
    attributes: objectOf(reader.value('attributes')),
    features: objectOf(reader.value('features')),
    rules: {
      validation: parseValidation(model.value('validation')) ?? 'off',
      attributes: attributes.list('schemas'),
      features: new Map(model.entries('features').map(([id, feature]) => [id, parseFeature(feature, id)])),
    },
    lineage: reader.list('lineage').map(String),
  };
}

function featureJson({ required, schemas, properties }: FeatureRules): JsonObject {
  return {
    ...(required ? { required } : {}),
    schemas,
    properties: Object.fromEntries([...properties].map(([name, rules]) => [name, propertyRulesJson(rules)])),
  };
}

function parseFeature(value: JsonValue, id: string): FeatureRules {
  const reader = new ModelReader(value, `/model/features/${id}`);
  return {
    required: reader.flag('required') ?? false,
    schemas: reader.list('schemas'),
    properties: new Map(
      reader.entries('properties').map(([name, rules]) => [name, parseProperty(rules, reader.at(name))]),
    ),
  };
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
