import { isJsonObject } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { compileSchema } from '../json-schema/index.js';
import { TypeModelInvalid } from './errors.js';
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
    required: requiredOf(reader),
  };
  compileSchema(schema);
  const properties = affordances.map(
    ([name, each]) => [name, propertyOf(each, `${where}/properties/${name}`)] as const,
  );
  return { schemas: [schema], properties: new Map(properties) };
}

/** Words that belong to the interaction and not to the value. */
const INTERACTION = new Set(['forms', 'uriVariables', 'observable', 'readOnly', 'writeOnly', '@type', 'tm:ref']);

function dataSchema(affordance: JsonValue): JsonValue {
  if (!isJsonObject(affordance)) return affordance;
  return Object.fromEntries(Object.entries(affordance).filter(([key]) => !INTERACTION.has(key)));
}

function propertyOf(affordance: JsonValue, where: string): PropertyRules {
  // A schema may also be true or false.
  if (!isJsonObject(affordance)) return {};
  const reader = new ModelReader(affordance, where);
  const [usual, unit] = [reader.value('default'), reader.text('unit')];
  return {
    ...(usual === undefined ? {} : { default: usual }),
    ...(unit === undefined ? {} : { unit }),
  };
}

/** Names of properties; actions and events may be required, too, and are no properties of a feature. */
function requiredOf(reader: ModelReader): readonly string[] {
  return reader.list('tm:required').flatMap((pointer, index) => {
    if (typeof pointer !== 'string') throw new TypeModelInvalid(reader.at(`tm:required/${index}`), 'must be a string');
    const name = REQUIRED_PROPERTY.exec(pointer)?.[1];
    return name === undefined ? [] : [name.replaceAll('~1', '/').replaceAll('~0', '~')];
  });
}
