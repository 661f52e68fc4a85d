import { isJsonArray, isJsonObject, jsonEquals } from '../json/index.js';
import type { JsonValue } from '../json/index.js';
import { compileRegex } from '../regex/index.js';
import type { LinearRegex } from '../regex/index.js';
import { fault } from './evaluation.js';
import { countOf, numberOf, refuse } from './scope.js';
import type { ReadWord, Word } from './scope.js';

const TYPES: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: (value) => typeof value === 'number' && Number.isInteger(value),
  string: (value) => typeof value === 'string',
  array: isJsonArray,
  object: isJsonObject,
};

const type: ReadWord = (word) => {
  const names = isJsonArray(word.argument) ? word.argument : [word.argument];
  const tests = names.map((name) => {
    const test = typeof name === 'string' && Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
    return test ?? refuse(word, 'it must name types of JSON');
  });
  const expected = `must be ${names.map(String).join(' or ')}`;
  return (value, place) => tests.some((test) => test(value)) || fault(place, 'type', expected);
};

const constant: ReadWord = ({ argument }) => {
  const expected = `must be ${excerpt(argument)}`;
  return (value, place, run) => {
    run.spend(1);
    return jsonEquals(value, argument) || fault(place, 'const', expected);
  };
};

const enumeration: ReadWord = (word) => {
  const values = isJsonArray(word.argument) ? word.argument : refuse(word, 'it must be an array');
  return (value, place, run) => {
    run.spend(values.length);
    return (
      values.some((each) => jsonEquals(each, value)) || fault(place, 'enum', `must be one of ${excerpt(word.argument)}`)
    );
  };
};

/** A word about numbers only. */
function ofNumber(name: string, says: (limit: number) => string, holds: (value: number, limit: number) => boolean) {
  const read: ReadWord = (word) => {
    const limit = numberOf(word);
    if (name === 'multipleOf' && limit <= 0) refuse(word, 'it must be more than 0');
    return (value, place) => typeof value !== 'number' || holds(value, limit) || fault(place, name, says(limit));
  };
  return read;
}

/** A word about how much there is of something. */
function ofSize(name: string, says: (limit: number) => string, size: (value: JsonValue) => number | undefined) {
  const isUpper = name.startsWith('max');
  const read: ReadWord = (word) => {
    const limit = countOf(word);
    return (value, place, run) => {
      const actual = size(value);
      if (actual === undefined) return true;
      run.spend(1);
      return (isUpper ? actual <= limit : actual >= limit) || fault(place, name, says(limit));
    };
  };
  return read;
}

const length = (value: JsonValue) => (typeof value === 'string' ? Array.from(value).length : undefined);
const items = (value: JsonValue) => (isJsonArray(value) ? value.length : undefined);
const properties = (value: JsonValue) => (isJsonObject(value) ? Object.keys(value).length : undefined);

const pattern: ReadWord = (word) => {
  const regex = regexOf(word, word.argument);
  return (value, place, run) => {
    if (typeof value !== 'string') return true;
    run.spend(costOf(regex, value));
    return regex.test(value) || fault(place, 'pattern', `must match ${regex.source}`);
  };
};

const uniqueItems: ReadWord = (word) => {
  if (typeof word.argument !== 'boolean') refuse(word, 'it must be true or false');
  if (!word.argument) return undefined;
  return (value, place, run) => {
    if (!isJsonArray(value)) return true;
    run.spend(value.length * Math.min(value.length, 100));
    return !hasDuplicates(value) || fault(place, 'uniqueItems', 'must not hold the same twice');
  };
};

const MULTIPLE_TOLERANCE = 1e-9;

/** Words about the value itself. */
export const VALUE_WORDS: Readonly<Record<string, ReadWord>> = {
  type,
  const: constant,
  enum: enumeration,
  multipleOf: ofNumber('multipleOf', (limit) => `must be a multiple of ${limit}`, isMultiple),
  minimum: ofNumber(
    'minimum',
    (limit) => `must be ${limit} or more`,
    (value, limit) => value >= limit,
  ),
  maximum: ofNumber(
    'maximum',
    (limit) => `must be ${limit} or less`,
    (value, limit) => value <= limit,
  ),
  exclusiveMinimum: ofNumber(
    'exclusiveMinimum',
    (limit) => `must be more than ${limit}`,
    (value, limit) => value > limit,
  ),
  exclusiveMaximum: ofNumber(
    'exclusiveMaximum',
    (limit) => `must be less than ${limit}`,
    (value, limit) => value < limit,
  ),
  minLength: ofSize('minLength', (limit) => `must have ${limit} characters or more`, length),
  maxLength: ofSize('maxLength', (limit) => `must have ${limit} characters or fewer`, length),
  minItems: ofSize('minItems', (limit) => `must have ${limit} items or more`, items),
  maxItems: ofSize('maxItems', (limit) => `must have ${limit} items or fewer`, items),
  minProperties: ofSize('minProperties', (limit) => `must have ${limit} properties or more`, properties),
  maxProperties: ofSize('maxProperties', (limit) => `must have ${limit} properties or fewer`, properties),
  pattern,
  uniqueItems,
};

/** @throws JsonSchemaInvalid */
export function regexOf(word: Word, source: JsonValue): LinearRegex {
  if (typeof source !== 'string') return refuse(word, 'a pattern must be a string');
  try {
    return compileRegex(source);
  } catch (error) {
    return refuse(word, error instanceof Error ? error.message : 'the pattern is not valid');
  }
}

/** A step of a regular expression takes far less than one of a validation. */
export function costOf({ steps }: LinearRegex, text: string): number {
  return 1 + Math.ceil((steps * Math.min(text.length, 4_096)) / 20);
}

function isMultiple(value: number, of: number): boolean {
  const quotient = value / of;
  return Math.abs(quotient - Math.round(quotient)) <= MULTIPLE_TOLERANCE * Math.max(1, Math.abs(quotient));
}

function hasDuplicates(values: readonly JsonValue[]): boolean {
  const kept = new Map<string, JsonValue[]>();
  for (const value of values) {
    const key =
      isJsonArray(value) || isJsonObject(value)
        ? `${typeof value} ${Object.keys(value).length}`
        : JSON.stringify(value);
    const alike = kept.get(key) ?? [];
    if (alike.some((each) => jsonEquals(each, value))) return true;
    alike.push(value);
    kept.set(key, alike);
  }
  return false;
}

function excerpt(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`;
}
