import { isJsonArray, isJsonObject, member } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { compileSchema } from '../json-schema/index.js';
import { ModelReader } from './model-reader.js';
import type { PropertyRules } from './type-model.js';

/** What a WoT Thing Model says of a feature's properties. */
export interface ThingModelRules {
  readonly schemas: readonly JsonValue[];
  readonly properties: ReadonlyMap<string, PropertyRules>;
}

const REQUIRED_PROPERTY = /^#\/properties\/(.+)$/;

/**
 * Takes the properties of a Thing Model (WoT TD 1.1) as a schema of the feature's `properties`: each affordance is a data
 * schema of JSON Schema; `tm:required` names those that must be there. `tm:extends` and `tm:ref` are not followed: nothing
 * is fetched.
 * @throws TypeModelInvalid, JsonSchemaInvalid
 */
export function rulesOfThingModel(model: JsonObject, where: string): ThingModelRules {
  const reader = new ModelReader(model, where);
  const affordances = reader.entries('properties');
  const schema = {
    type: 'object',
    properties: Object.fromEntries(affordances.map(([name, affordance]) => [name, dataSchema(affordance)])),
    required: requiredOf(member(model, 'tm:required')),
  };
  compileSchema(schema);
  return { schemas: [schema], properties: new Map(affordances.map(([name, each]) => [name, propertyOf(each)])) };
}

/** Words that belong to the interaction and not to the value. */
const INTERACTION = new Set(['forms', 'uriVariables', 'observable', 'readOnly', 'writeOnly', '@type', 'tm:ref']);

function dataSchema(affordance: JsonValue): JsonValue {
  if (!isJsonObject(affordance)) return affordance;
  return Object.fromEntries(Object.entries(affordance).filter(([key]) => !INTERACTION.has(key)));
}

function propertyOf(affordance: JsonValue): PropertyRules {
  const [usual, unit] = isJsonObject(affordance) ? [member(affordance, 'default'), member(affordance, 'unit')] : [];
  return {
    ...(usual === undefined ? {} : { default: usual }),
    ...(typeof unit === 'string' ? { unit } : {}),
  };
}

function requiredOf(pointers: JsonValue | undefined): readonly string[] {
  if (!isJsonArray(pointers)) return [];
  return pointers.flatMap((pointer) => {
    const name = typeof pointer === 'string' ? REQUIRED_PROPERTY.exec(pointer)?.[1] : undefined;
    return name === undefined ? [] : [name.replaceAll('~1', '/').replaceAll('~0', '~')];
  });
}
