import type { JsonObject, JsonValue } from '../json/index.js';
import type { TypeReference } from './type-reference.js';

/** What becomes of a write after which a twin would break its type: nothing, a note, a refusal. */
export type Validation = 'off' | 'warn' | 'reject';

export const VALIDATIONS: readonly Validation[] = ['off', 'warn', 'reject'];

/** The one that refuses more. */
export function strictest(a: Validation, b: Validation): Validation {
  return VALIDATIONS.indexOf(a) > VALIDATIONS.indexOf(b) ? a : b;
}

/** One property of a feature. */
export interface PropertyRules {
  /** Value of a new twin, whatever the type's own feature holds. */
  readonly initial?: JsonValue;
  /** Value where there is none. */
  readonly default?: JsonValue;
  /** Of measurement; for readers, nothing is converted. */
  readonly unit?: string;
  /** Whether a new twin begins without the value that the type's own feature holds. */
  readonly reset?: boolean;
}

export interface FeatureRules {
  /** Whether a twin must have the feature. */
  readonly required: boolean;
  /** That the feature's `properties` are held to, all of them; each a document of its own. */
  readonly schemas: readonly JsonValue[];
  readonly properties: ReadonlyMap<string, PropertyRules>;
}

/** What a type asks of its twins. */
export interface TypeRules {
  /** `off` when nothing is said. */
  readonly validation: Validation;
  /** That the attributes are held to, the server's own left aside. */
  readonly attributes: readonly JsonValue[];
  readonly features: ReadonlyMap<string, FeatureRules>;
}

/** What the attribute `_model` of a type says. */
export interface TypeModel {
  readonly extends: TypeReference | undefined;
  readonly mixins: readonly TypeReference[];
  /** Undefined when it is the base's to say. */
  readonly validation: Validation | undefined;
  readonly attributes: readonly JsonValue[];
  readonly features: ReadonlyMap<string, FeatureRules>;
}

/** Where a type keeps its model. */
export const MODEL = '_model';
/** Where a twin keeps the version of its type that it was made from, or was moved to. */
export const TYPE_VERSION = '_typeVersion';

export const EMPTY_MODEL: TypeModel = {
  extends: undefined,
  mixins: [],
  validation: undefined,
  attributes: [],
  features: new Map(),
};

/** JSON of the rules of properties, members without a value left out. */
export function propertyRulesJson(rules: PropertyRules): JsonObject {
  return Object.fromEntries<JsonValue>(
    Object.entries(rules).flatMap(([key, value]: [string, JsonValue | undefined]) =>
      value === undefined ? [] : [[key, value] as const],
    ),
  );
}
