import { isJsonArray, isJsonObject, member } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { below, fault } from './evaluation.js';
import type { Keyword, Place, Run, SchemaNode, Seen } from './evaluation.js';
import { refuse } from './scope.js';
import type { ReadWord, Word } from './scope.js';
import { costOf, regexOf } from './value-words.js';

const properties: ReadWord = (word) => {
  const nodes = nodesOf(word, (key) => key);
  return ofObject((object, place, run, seen) => {
    let holds = true;
    for (const [key, node] of nodes) {
      const value = member(object, key);
      if (value === undefined) continue;
      seen.add(key);
      if (run.evaluate(node, value, below(place, key)) === undefined) holds = false;
    }
    return holds;
  });
};

const patternProperties: ReadWord = (word) => {
  const nodes = nodesOf(word, (source) => regexOf(word, source));
  return ofObject((object, place, run, seen) => {
    let holds = true;
    for (const key of Object.keys(object)) {
      for (const [regex, node] of nodes) {
        run.spend(costOf(regex, key));
        if (!regex.test(key)) continue;
        seen.add(key);
        if (run.evaluate(node, member(object, key) ?? null, below(place, key)) === undefined) holds = false;
      }
    }
    return holds;
  });
};

const additionalProperties: ReadWord = (word) => {
  const { schema, scope } = word;
  const named = new Set(Object.keys(objectOf(member(schema, 'properties'))));
  const patterns = Object.keys(objectOf(member(schema, 'patternProperties'))).map((source) => regexOf(word, source));
  const rest = restOf(word, scope.node(word.argument, word.where));
  return ofObject((object, place, run, seen) => {
    const isRest = (key: string) => !named.has(key) && !patterns.some((regex) => regex.test(key));
    run.spend(patterns.length);
    return rest(object, isRest, { place, run, seen });
  });
};

const unevaluatedProperties: ReadWord = (word) => {
  const rest = restOf(word, word.scope.node(word.argument, word.where));
  return ofObject((object, place, run, seen) => {
    const before = seen.keys();
    return rest(object, (key) => !before.has(key), { place, run, seen });
  });
};

const propertyNames: ReadWord = ({ argument, where, scope }) => {
  const node = scope.node(argument, where);
  return ofObject((object, place, run) => {
    const wrong = Object.keys(object).filter((key) => run.holds(node, key, place) === undefined);
    for (const key of wrong) fault(below(place, key), 'propertyNames', 'has a name that is not allowed');
    return wrong.length === 0;
  });
};

const required: ReadWord = (word) => {
  const names = namesOf(word, word.argument);
  return ofObject((object, place) => hasAll(object, names, place, 'required'));
};

const dependentRequired: ReadWord = (word) => {
  const needs = Object.entries(objectOf(word.argument, word)).map(
    ([key, names]) => [key, namesOf(word, names)] as const,
  );
  return ofObject((object, place) => {
    const due = needs.filter(([key]) => Object.hasOwn(object, key));
    return due.map(([, names]) => hasAll(object, names, place, 'dependentRequired')).every(Boolean);
  });
};

const dependentSchemas: ReadWord = (word) => {
  const nodes = Object.entries(objectOf(word.argument, word)).map(
    ([key, schema]) => [key, word.inPlace(schema, key)] as const,
  );
  return ofObject((object, place, run, seen) => {
    let holds = true;
    for (const [key, node] of nodes) {
      if (!Object.hasOwn(object, key)) continue;
      const result = run.evaluate(node, object, place);
      if (result === undefined) holds = false;
      else seen.addAll(result);
    }
    return holds;
  });
};

/** Words about the members of objects. */
export const OBJECT_WORDS: Readonly<Record<string, ReadWord>> = {
  properties,
  patternProperties,
  additionalProperties,
  propertyNames,
  required,
  dependentRequired,
  dependentSchemas,
};
/** To be asked last. */
export const UNEVALUATED_PROPERTIES = unevaluatedProperties;

function ofObject(check: (object: JsonObject, place: Place, run: Run, seen: Seen) => boolean): Keyword {
  return (value, place, run, seen) => !isJsonObject(value) || check(value, place, run, seen);
}

/** Asks a schema about those members that no other word has claimed. */
function restOf({ name, argument }: Word, node: SchemaNode) {
  return (
    object: JsonObject,
    isRest: (key: string) => boolean,
    { place, run, seen }: { readonly place: Place; readonly run: Run; readonly seen: Seen },
  ): boolean => {
    let holds = true;
    for (const key of Object.keys(object)) {
      if (!isRest(key)) continue;
      seen.add(key);
      const at = below(place, key);
      if (argument === false) holds = fault(at, name, 'is not expected here');
      else if (run.evaluate(node, member(object, key) ?? null, at) === undefined) holds = false;
    }
    return holds;
  };
}

function hasAll(object: JsonObject, names: readonly string[], place: Place, keyword: string): boolean {
  const missing = names.filter((name) => !Object.hasOwn(object, name));
  for (const name of missing) fault(place, keyword, `must have the member '${name}'`);
  return missing.length === 0;
}

function nodesOf<Key>(word: Word, keyOf: (key: string) => Key): readonly (readonly [Key, SchemaNode])[] {
  return Object.entries(objectOf(word.argument, word)).map(
    ([key, schema]) => [keyOf(key), word.scope.node(schema, `${word.where}/${key}`)] as const,
  );
}

function objectOf(value: JsonValue | undefined, word?: Word): JsonObject {
  if (isJsonObject(value)) return value;
  return word === undefined ? {} : refuse(word, 'it must be an object');
}

function namesOf(word: Word, value: JsonValue): readonly string[] {
  const names: readonly JsonValue[] = isJsonArray(value) ? value : refuse(word, 'it must be an array of names');
  return names.map((name) => (typeof name === 'string' ? name : refuse(word, 'it must be an array of names')));
}
