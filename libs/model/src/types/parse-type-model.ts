import { ThingIdInvalid } from '../ids/index.js';
import { isJsonObject } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { compileSchema } from '../json-schema/index.js';
import { TypeModelInvalid } from './errors.js';
import { ModelReader } from './model-reader.js';
import { rulesOfThingModel } from './thing-model-rules.js';
import { VALIDATIONS } from './type-model.js';
import type { FeatureRules, PropertyRules, TypeModel, Validation } from './type-model.js';
import { parseTypeReference } from './type-reference.js';
import type { TypeReference } from './type-reference.js';

const MAX_MIXINS = 20;

/**
 * Reads what `_model` of a type holds.
 * @throws TypeModelInvalid, JsonSchemaInvalid
 */
export function parseTypeModel(value: JsonValue): TypeModel {
  const reader = new ModelReader(value, '', ['extends', 'mixins', 'validation', 'attributes', 'features']);
  const base = reader.text('extends');
  const mixins = reader.list('mixins');
  if (mixins.length > MAX_MIXINS) throw new TypeModelInvalid('/mixins', `must not be more than ${MAX_MIXINS}`);
  const attributes = reader.value('attributes');
  return {
    extends: base === undefined ? undefined : parseReference(base, '/extends'),
    mixins: mixins.map((each, index) => parseReference(each, `/mixins/${index}`)),
    validation: parseValidation(reader.value('validation')),
    attributes: attributes === undefined ? [] : schemaIn(new ModelReader(attributes, '/attributes', ['schema'])),
    features: new Map(
      reader.entries('features').map(([id, feature]) => [id, parseFeature(feature, `/features/${id}`)]),
    ),
  };
}

export function parseValidation(value: JsonValue | undefined): Validation | undefined {
  if (value === undefined) return undefined;
  const known = VALIDATIONS.find((each) => each === value);
  if (known === undefined) throw new TypeModelInvalid('/validation', `must be one of ${VALIDATIONS.join(', ')}`);
  return known;
}

function parseReference(value: JsonValue, where: string): TypeReference {
  if (typeof value !== 'string') throw new TypeModelInvalid(where, 'must name a type');
  try {
    return parseTypeReference(value);
  } catch (error) {
    if (error instanceof ThingIdInvalid) throw new TypeModelInvalid(where, 'must name a type, as in ns:name@^1.0.0');
    throw error;
  }
}

function parseFeature(value: JsonValue, where: string): FeatureRules {
  const reader = new ModelReader(value, where, ['required', 'schema', 'wot', 'properties']);
  const wot = reader.value('wot');
  const described =
    wot === undefined ? undefined : rulesOfThingModel(objectIn(wot, reader.at('wot')), reader.at('wot'));
  const properties = new Map(described?.properties);
  for (const [name, rules] of reader.entries('properties')) {
    properties.set(name, { ...properties.get(name), ...parseProperty(rules, `${where}/properties/${name}`) });
  }
  return {
    required: reader.flag('required') ?? false,
    schemas: [...schemaIn(reader), ...(described?.schemas ?? [])],
    properties,
  };
}

/** As it stands in a model, or in a type as it was frozen. */
export function parseProperty(value: JsonValue, where: string): PropertyRules {
  const reader = new ModelReader(value, where, ['initial', 'default', 'unit', 'reset']);
  const [initial, usual] = [reader.value('initial'), reader.value('default')];
  const [unit, reset] = [reader.text('unit'), reader.flag('reset')];
  return {
    ...(initial === undefined ? {} : { initial }),
    ...(usual === undefined ? {} : { default: usual }),
    ...(unit === undefined ? {} : { unit }),
    ...(reset === undefined ? {} : { reset }),
  };
}

function schemaIn(reader: ModelReader): readonly JsonValue[] {
  const schema = reader.value('schema');
  if (schema === undefined) return [];
  compileSchema(schema);
  return [schema];
}

function objectIn(value: JsonValue, where: string): JsonObject {
  if (!isJsonObject(value)) throw new TypeModelInvalid(where, 'must be an object');
  return value;
}
