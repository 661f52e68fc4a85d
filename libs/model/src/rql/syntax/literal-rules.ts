import {
  anyOf,
  anything,
  character,
  firstOf,
  group,
  named,
  not,
  oneOrMore,
  optional,
  sequence,
  word,
  zeroOrMore,
} from './matching.js';
import type { Rule } from './matching.js';

/*
 * The rules that filters and options share, with the names that Ditto's messages show (contract 3.10 has the grammar).
 * A rule's structure decides what a message names, so it is kept even where it could be shorter.
 */

const digit = named('Digit', () => anyOf('0123456789'));
const digit19 = named('Digit19', () => anyOf('123456789'));
const hexDigit = named('HexDigit', () => anyOf('0123456789ABCDEFabcdef'));
const whiteSpaceChar = named('WhiteSpaceChar', () => anyOf(' \n\r\t\f'));
const commaClosingParenthesisQuote = named('CommaClosingParenthesisQuote', () => anyOf(',)"\\'));
const quoteBackslash = named('QuoteBackslash', () => anyOf('"\\'));
const singleQuoteBackslash = named('SingleQuoteBackslash', () => anyOf("'\\"));
const quoteBackslashSlash = named('QuoteBackslashSlash', () => firstOf(quoteBackslash, character('/')));
const singleQuoteBackslashSlash = named('SingleQuoteBackslashSlash', () =>
  firstOf(singleQuoteBackslash, character('/')),
);

export const whiteSpace = named('WhiteSpace', () => zeroOrMore(whiteSpaceChar));
export const digits = named('Digits', () => oneOrMore(digit));
const frac = named('Frac', () => sequence(character('.'), digits));
const integer = named('Integer', () => sequence(optional(anyOf('+-')), firstOf(sequence(digit19, digits), digit)));

export function blanksAfter(wanted: string): Rule {
  return named('ws', () => sequence(character(wanted), whiteSpace));
}

const unicode = named('Unicode', () =>
  group('action', sequence(character('u'), group('capture', sequence(hexDigit, hexDigit, hexDigit, hexDigit)))),
);

function escapes(plain: Rule): Rule {
  const letters = ['b', 'f', 'n', 'r', 't'].map((letter) => sequence(character(letter)));
  return firstOf(sequence(plain), ...letters, group('action', unicode));
}

const escapedChar = named('EscapedChar', () => escapes(quoteBackslashSlash));
const singleQuoteEscapedChar = named('SingleQuoteEscapedChar', () => escapes(singleQuoteBackslashSlash));
const normalChar = named('NormalChar', () =>
  sequence(not(commaClosingParenthesisQuote, 'CommaClosingParenthesisQuote'), anything),
);
const normalCharInQuotes = named('NormalCharInQuotes', () => sequence(not(quoteBackslash, 'QuoteBackslash'), anything));
const normalCharInSingleQuotes = named('NormalCharInSingleQuotes', () =>
  sequence(not(singleQuoteBackslash, 'SingleQuoteBackslash'), anything),
);

function characters(plain: Rule, escape: Rule): Rule {
  return zeroOrMore(firstOf(plain, sequence(character('\\'), escape)));
}

const bareCharacters = named('Characters', () => characters(normalChar, escapedChar));
const charactersInQuotes = named('CharactersInQuotes', () => characters(normalCharInQuotes, escapedChar));
const charactersInSingleQuotes = named('CharactersInSingleQuotes', () =>
  characters(normalCharInSingleQuotes, singleQuoteEscapedChar),
);

const doubleLiteral = named('DoubleLiteral', () =>
  sequence(group('action', group('capture', sequence(integer, frac))), whiteSpace),
);
export const longLiteral = named('LongLiteral', () =>
  sequence(group('action', sequence(not(word('-0'), '"-0"'), group('capture', integer))), whiteSpace),
);
const stringLiteral = named('StringLiteral', () => sequence(character('"'), charactersInQuotes, blanksAfter('"')));
const stringSingleQuoteLiteral = named('StringSingleQuoteLiteral', () =>
  sequence(character("'"), charactersInSingleQuotes, blanksAfter("'")),
);
const placeholderPrefix = named('PlaceholderPrefix', () => word('time:'));
const placeholderName = named('PlaceholderName', () => bareCharacters);
const placeholderLiteral = named('PlaceholderLiteral', () =>
  sequence(group('action', group('capture', sequence(placeholderPrefix, placeholderName))), whiteSpace),
);

export const propertyLiteral = named('PropertyLiteral', () => sequence(bareCharacters));
export const literal = named('Literal', () =>
  sequence(
    firstOf(
      ...[doubleLiteral, longLiteral, stringLiteral, stringSingleQuoteLiteral, placeholderLiteral],
      ...['true', 'false', 'null'].map((text) => sequence(word(text), whiteSpace)),
    ),
    whiteSpace,
  ),
);
