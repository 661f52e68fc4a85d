import { isJsonArray, member } from '../json/index.js';
import type { JsonArray } from '../json/index.js';
import { fault } from './evaluation.js';
import { refuse } from './scope.js';
import type { ReadWord, Word } from './scope.js';

const allOf: ReadWord = (word) => {
  const nodes = schemasOf(word).map((schema, index) => word.inPlace(schema, String(index)));
  return (value, place, run, seen) => {
    let holds = true;
    for (const node of nodes) {
      const result = run.evaluate(node, value, place);
      if (result === undefined) holds = false;
      else seen.addAll(result);
    }
    return holds;
  };
};

const anyOf: ReadWord = (word) => {
  const nodes = schemasOf(word).map((schema, index) => word.inPlace(schema, String(index)));
  return (value, place, run, seen) => {
    let found = false;
    // All of them: each tells what it has looked at.
    for (const node of nodes) {
      const result = run.holds(node, value, place);
      if (result === undefined) continue;
      seen.addAll(result);
      found = true;
    }
    return found || fault(place, 'anyOf', 'is none of what is allowed');
  };
};

const oneOf: ReadWord = (word) => {
  const nodes = schemasOf(word).map((schema, index) => word.inPlace(schema, String(index)));
  return (value, place, run, seen) => {
    const found = nodes.flatMap((node) => run.holds(node, value, place) ?? []);
    const [only] = found;
    if (only === undefined) return fault(place, 'oneOf', 'is none of what is allowed');
    if (found.length > 1) return fault(place, 'oneOf', 'is several of what is allowed, and must be one');
    seen.addAll(only);
    return true;
  };
};

const not: ReadWord = (word) => {
  const node = word.inPlace(word.argument);
  return (value, place, run) =>
    run.holds(node, value, place) === undefined || fault(place, 'not', 'is what is not allowed');
};

const conditional: ReadWord = (word) => {
  const { schema, argument } = word;
  const condition = word.inPlace(argument);
  const [then, otherwise] = ['then', 'else'].map((name) => {
    const branch = member(schema, name);
    return branch === undefined ? undefined : word.inPlace(branch, name);
  });
  return (value, place, run, seen) => {
    const met = run.holds(condition, value, place);
    if (met !== undefined) seen.addAll(met);
    const branch = met === undefined ? otherwise : then;
    if (branch === undefined) return true;
    const result = run.evaluate(branch, value, place);
    if (result !== undefined) seen.addAll(result);
    return result !== undefined;
  };
};

const reference: ReadWord = (word) => {
  const node = word.scope.referred(word.argument, word.where);
  return (value, place, run, seen) => {
    const result = run.evaluate(node, value, place);
    if (result !== undefined) seen.addAll(result);
    return result !== undefined;
  };
};

/** Words that ask other schemas about the same value. */
export const COMBINING_WORDS: Readonly<Record<string, ReadWord>> = {
  allOf,
  anyOf,
  oneOf,
  not,
  if: conditional,
  $ref: reference,
  // In a document that holds all it refers to, and has no other below it, the outermost anchor is the only one.
  $dynamicRef: reference,
};

function schemasOf(word: Word): JsonArray {
  const { argument } = word;
  return isJsonArray(argument) && argument.length > 0 ? argument : refuse(word, 'it must be an array of schemas');
}
