import { digits, longLiteral, propertyLiteral, whiteSpace } from './literal-rules.js';
import { character, end, firstOf, group, named, oneOrMore, sequence, word } from './matching.js';
import type { Rule } from './matching.js';

const comma = character(',');

function option(name: string, ...args: readonly Rule[]): Rule {
  return sequence(word(name), character('('), ...args, character(')'));
}

const asc = named('Asc', () => sequence(character('+')));
const desc = named('Desc', () => sequence(character('-')));
const sortOrder = named('SortOrder', () => firstOf(asc, desc));
const sortProperty = named('SortProperty', () => group('action', sequence(sortOrder, propertyLiteral)));
const sort = named('Sort', () => group('action', option('sort', oneOrMore(sortProperty, comma))));
const limit = named('Limit', () => group('action', option('limit', longLiteral, comma, longLiteral)));
const cursor = named('Cursor', () => group('action', option('cursor', propertyLiteral)));
const size = named('Size', () => group('action', option('size', group('capture', digits))));
const anOption = named('Option', () => firstOf(sort, limit, cursor, size));
const options = named('Options', () => oneOrMore(anOption, comma));

/** Search options, joined by commas. */
export const optionsGrammar = named('OptionsRoot', () => sequence(whiteSpace, options, end));
