import { ownAttributes } from '../composition/index.js';
import { formatPointer, isJsonArray, isJsonObject, jsonEquals, member, valueAt } from '../json/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import { compileSchema } from '../json-schema/index.js';
import type { JsonSchema } from '../json-schema/index.js';
import type { FeatureRules, TypeRules, Validation } from './type-model.js';

/** Where a twin breaks its type. */
export interface Violation {
  /** Of the thing. */
  readonly pointer: string;
  /** Word of the schema; `feature` for a missing feature. */
  readonly keyword: string;
  readonly message: string;
}

interface CompiledFeature {
  readonly required: boolean;
  readonly schemas: readonly JsonSchema[];
  /** Properties that may be without a value yet. */
  readonly reset: ReadonlySet<string>;
}

/** Rules that twins can be held to. */
export interface Conformance {
  readonly validation: Validation;
  /** Where a thing breaks the rules. Parts that are the very same objects as in `before` are not looked at. */
  violations(thing: JsonObject, before?: JsonObject): readonly Violation[];
}

/** @throws JsonSchemaInvalid */
export function compileRules({ validation, attributes, features }: TypeRules): Conformance {
  const ofAttributes = attributes.map(compileSchema);
  const ofFeatures = new Map([...features].map(([id, rules]) => [id, compileFeature(rules)]));
  return {
    validation,
    violations: (thing, before) => [
      ...(isSame(thing, before, ['attributes']) ? [] : attributeViolations(ofAttributes, thing)),
      ...[...ofFeatures].flatMap(([id, rules]) =>
        isSame(thing, before, ['features', id]) ? [] : featureViolations(id, rules, thing),
      ),
    ],
  };
}

/**
 * Violations that a change brings: a twin that breaks its type already may be written to as long as what is wrong stays as
 * it is.
 */
export function newViolations(
  rules: Conformance,
  after: JsonObject,
  before: JsonObject | undefined,
): readonly Violation[] {
  const found = rules.violations(after, before);
  if (found.length === 0 || before === undefined) return found;
  const old = rules.violations(before);
  return found.filter(
    ({ pointer, keyword }) =>
      !old.some((each) => each.pointer === pointer && each.keyword === keyword) ||
      !jsonEquals(deepValue(before, pointer), deepValue(after, pointer)),
  );
}

function compileFeature({ required, schemas, properties }: FeatureRules): CompiledFeature {
  const reset = [...properties].flatMap(([name, rules]) => (rules.reset === true ? [name] : []));
  return { required, schemas: schemas.map(compileSchema), reset: new Set(reset) };
}

function attributeViolations(schemas: readonly JsonSchema[], thing: JsonObject): readonly Violation[] {
  if (schemas.length === 0) return [];
  return faultsOf(schemas, ownAttributes(thing), ['attributes']);
}

function featureViolations(id: string, rules: CompiledFeature, thing: JsonObject): readonly Violation[] {
  const feature = valueAt(thing, ['features', id]);
  if (!isJsonObject(feature)) {
    if (!rules.required) return [];
    return [{ pointer: formatPointer(['features', id]), keyword: 'feature', message: 'must be there' }];
  }
  const properties = member(feature, 'properties');
  const held = isJsonObject(properties) ? properties : {};
  const found = faultsOf(rules.schemas, held, ['features', id, 'properties']);
  const waiting = [...rules.reset].filter((name) => hasNoValue(member(held, name)));
  if (waiting.length === 0) return found;
  const open = waiting.map((name) => formatPointer(['features', id, 'properties', name]));
  return found.filter(({ pointer }) => !open.some((prefix) => pointer === prefix || pointer.startsWith(`${prefix}/`)));
}

function faultsOf(schemas: readonly JsonSchema[], value: JsonValue, path: JsonPointer): readonly Violation[] {
  const all = schemas.flatMap((schema) =>
    schema.faults(value).map(({ pointer, keyword, message }) => ({
      pointer: formatPointer([...path, ...pointer]),
      keyword,
      message,
    })),
  );
  const seen = new Set<string>();
  return all.filter(({ pointer, keyword, message }) => {
    const key = `${pointer} ${keyword} ${message}`;
    return !seen.has(key) && seen.add(key).size > 0;
  });
}

/** Null, or nothing but nulls. */
function hasNoValue(value: JsonValue | undefined): boolean {
  if (value === null) return true;
  if (!isJsonObject(value)) return false;
  const values = Object.values(value);
  return values.length > 0 && values.every(hasNoValue);
}

function isSame(thing: JsonObject, before: JsonObject | undefined, path: JsonPointer): boolean {
  if (before === undefined) return false;
  const [now, then] = [valueAt(thing, path), valueAt(before, path)];
  return now === then && now !== undefined;
}

/** Unlike `valueAt`, into arrays too. */
function deepValue(thing: JsonObject, pointer: string): JsonValue | undefined {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  return keys.reduce<JsonValue | undefined>(
    (value, key) => (isJsonArray(value) ? value[Number(key)] : isJsonObject(value) ? member(value, key) : undefined),
    thing,
  );
}
