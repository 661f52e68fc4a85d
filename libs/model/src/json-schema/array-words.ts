import { isJsonArray, member } from '../json/index.js';
import type { JsonArray } from '../json/index.js';
import { below, fault } from './evaluation.js';
import type { Keyword, Place, Run, SchemaNode, Seen } from './evaluation.js';
import { refuse } from './scope.js';
import type { ReadWord, Word } from './scope.js';

const prefixItems: ReadWord = (word) => {
  const { argument, scope, where } = word;
  const schemas = isJsonArray(argument) ? argument : refuse(word, 'it must be an array of schemas');
  const nodes = schemas.map((schema, index) => scope.node(schema, `${where}/${index}`));
  return ofArray((array, place, run, seen) => {
    let holds = true;
    nodes.slice(0, array.length).forEach((node, index) => {
      seen.add(index);
      if (run.evaluate(node, array[index] ?? null, below(place, String(index))) === undefined) holds = false;
    });
    return holds;
  });
};

const items: ReadWord = (word) => {
  if (isJsonArray(word.argument)) refuse(word, 'a list of schemas stands under `prefixItems`');
  const prefix = member(word.schema, 'prefixItems');
  const from = isJsonArray(prefix) ? prefix.length : 0;
  const rest = restOf(word);
  return ofArray((array, place, run, seen) => rest(array, (index) => index >= from, { place, run, seen }));
};

const unevaluatedItems: ReadWord = (word) => {
  const rest = restOf(word);
  return ofArray((array, place, run, seen) => {
    const before = seen.keys();
    return rest(array, (index) => !before.has(index), { place, run, seen });
  });
};

const contains: ReadWord = (word) => {
  const node = word.scope.node(word.argument, word.where);
  const least = countBeside(word, 'minContains', 1);
  const most = countBeside(word, 'maxContains', Infinity);
  return ofArray((array, place, run, seen) => {
    let found = 0;
    array.forEach((value, index) => {
      if (run.holds(node, value, below(place, String(index))) === undefined) return;
      seen.add(index);
      found += 1;
    });
    if (found < least) return fault(place, least === 1 ? 'contains' : 'minContains', 'lacks an item that it must hold');
    return found <= most || fault(place, 'maxContains', 'holds too many of an item');
  });
};

/** Words about the items of arrays. */
export const ARRAY_WORDS: Readonly<Record<string, ReadWord>> = { prefixItems, items, contains };
/** To be asked last. */
export const UNEVALUATED_ITEMS = unevaluatedItems;

function ofArray(check: (array: JsonArray, place: Place, run: Run, seen: Seen) => boolean): Keyword {
  return (value, place, run, seen) => !isJsonArray(value) || check(value, place, run, seen);
}

function restOf({ name, argument, scope, where }: Word) {
  const node: SchemaNode = scope.node(argument, where);
  return (
    array: JsonArray,
    isRest: (index: number) => boolean,
    { place, run, seen }: { readonly place: Place; readonly run: Run; readonly seen: Seen },
  ): boolean => {
    let holds = true;
    array.forEach((value, index) => {
      if (!isRest(index)) return;
      seen.add(index);
      const at = below(place, String(index));
      if (argument === false) holds = fault(at, name, 'is not expected here');
      else if (run.evaluate(node, value, at) === undefined) holds = false;
    });
    return holds;
  };
}

function countBeside(word: Word, name: string, usual: number): number {
  const count = member(word.schema, name);
  if (count === undefined) return usual;
  const isCount = typeof count === 'number' && Number.isInteger(count) && count >= 0;
  return isCount ? count : refuse(word, `${name} must be an integer of 0 or more`);
}
