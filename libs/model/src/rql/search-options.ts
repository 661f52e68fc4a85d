import { SearchOptionInvalid } from './errors.js';
import { formatProperty, parseProperty } from './rql-property.js';
import { RqlScanner, SyntaxFault } from './rql-scanner.js';
import { explainSyntax } from './syntax/explain-syntax.js';
import { optionsGrammar } from './syntax/options-grammar.js';

/** How the results of a search are ordered and paged. */
export interface SearchOptions {
  /** By which properties, most significant first; empty when not given. */
  readonly sort: readonly SearchSort[];
  /** Results a page: 1 to 200, 25 when not given. */
  readonly size: number;
  /** Whether `size` was given. */
  readonly isSized: boolean;
  /** Only with the deprecated `limit(offset,count)`, whose count is the size. */
  readonly offset?: number;
}

export interface SearchSort {
  readonly direction: 'asc' | 'desc';
  /** Pointer text without a leading slash. */
  readonly property: string;
}

/** One option as written; whether its values are allowed is not checked yet. */
export type SearchOption =
  | { readonly name: 'sort'; readonly keys: readonly { readonly direction: 'asc' | 'desc'; readonly text: string }[] }
  | { readonly name: 'size'; readonly size: number }
  | { readonly name: 'cursor'; readonly cursor: string }
  | { readonly name: 'limit'; readonly offset: number; readonly count: number };

const DEFAULT_SIZE = 25;
const MAX_SIZE = 200;
const MAX_OFFSET = 2_147_483_647;
/** In UTF-16 code units; a cursor holds the filter it belongs to. */
const MAX_LENGTH = 300_000;

/** What the values of the parameter `option` say together: they may be repeated, and Ditto adds a last `)` that is missing. */
export function joinOptions(values: readonly string[]): string {
  return values
    .flatMap((value) => withoutEmptyEnd(value.split('),')))
    .map((option) => (option.endsWith(')') ? option : `${option})`))
    .join(',');
}

/** As Java splits texts. */
function withoutEmptyEnd(parts: readonly string[]): readonly string[] {
  const last = parts.findLastIndex((part) => part !== '');
  return last < 0 && parts.length === 1 ? parts : parts.slice(0, last + 1);
}

/**
 * Reads `sort(+a,-b)`, `size(n)`, `cursor(x)` and `limit(offset,count)`, joined by commas.
 * A blank before a sort property is a `+` that a URL did not escape.
 * @throws SearchOptionInvalid when it is not written so (contract 2.8), for more than one size or cursor, or a cursor with a limit
 */
export function parseSearchOptions(text: string): readonly SearchOption[] {
  if (text.length > MAX_LENGTH) throw new SearchOptionInvalid('The options are too long.');
  const options = read(text);
  const sizes = options.filter((option) => option.name === 'size');
  if (sizes.length > 1) throw new SearchOptionInvalid("The option 'size' is given more than once.");
  if (sizes.some(({ size }) => size <= 0))
    throw new SearchOptionInvalid("The option 'size' is a whole number above 0.");
  const cursors = options.filter(({ name }) => name === 'cursor').length;
  if (cursors > 1) throw cursorInvalid('It is given more than once.');
  if (cursors > 0 && options.some(({ name }) => name === 'limit'))
    throw cursorInvalid("It does not go together with the option 'limit'.");
  return options;
}

/** A cursor that cannot be used; without a description Ditto gives no reason. */
export function cursorInvalid(description?: string): Error {
  return new SearchOptionInvalid("The option 'cursor' cannot be used in this search.", description);
}

/**
 * What the options mean together; of one given twice the last counts.
 * @throws SearchOptionInvalid when a value is not allowed
 */
export function resolveSearchOptions(options: readonly SearchOption[]): SearchOptions {
  let resolved: SearchOptions = { sort: [], size: DEFAULT_SIZE, isSized: false };
  for (const option of options) resolved = withOption(resolved, option);
  return resolved;
}

function withOption(options: SearchOptions, option: SearchOption): SearchOptions {
  switch (option.name) {
    case 'sort':
      return {
        ...options,
        sort: option.keys.map(({ direction, text }) => ({ direction, property: sortProperty(text) })),
      };
    case 'size': {
      const { offset: _, ...rest } = options;
      return { ...rest, size: between(option.size, 'size', MAX_SIZE), isSized: true };
    }
    case 'limit': {
      const offset = between(option.offset, 'skip', MAX_OFFSET);
      return { ...options, offset, size: between(option.count, 'limit', MAX_SIZE) };
    }
    case 'cursor':
      return options;
  }
}

function sortProperty(text: string): string {
  const property = parseProperty(text, 'sort');
  if (property === undefined)
    throw new SearchOptionInvalid(`There is no property '${text.startsWith('/') ? text.slice(1) : text}'.`);
  // The thing id's namespace stands among the hidden members.
  return property[0] === 'namespace' ? '_namespace' : formatProperty(property);
}

function between(value: number, name: string, max: number): number {
  const told = value.toLocaleString('en-US');
  if (value < 0) throw new SearchOptionInvalid(`'${name}' is ${told}; it may not be below 0.`);
  if (value > max) {
    const most = max.toLocaleString('en-US');
    throw new SearchOptionInvalid(`'${name}' is ${told}; ${most} is the most.`);
  }
  return value;
}

function read(text: string): readonly SearchOption[] {
  const scanner = new RqlScanner(text);
  try {
    scanner.skipBlanks();
    const options = [option(scanner)];
    while (scanner.take(',')) options.push(option(scanner));
    scanner.expectEnd();
    return options;
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    throw new SearchOptionInvalid(explainSyntax(optionsGrammar, text) ?? 'The options are invalid.');
  }
}

function option(scanner: RqlScanner): SearchOption {
  const name = scanner.match(/(?:sort|size|cursor|limit)(?=\()/y);
  scanner.expect('(');
  const read = argumentsOf(name, scanner);
  scanner.expect(')');
  return read;
}

function argumentsOf(name: string | undefined, scanner: RqlScanner): SearchOption {
  switch (name) {
    case 'sort':
      return { name, keys: sortKeys(scanner) };
    case 'size':
      return { name, size: integer(scanner, /\d+/y, MAX_OFFSET) };
    case 'cursor':
      return { name, cursor: scanner.bare() };
    case 'limit': {
      const offset = long(scanner);
      scanner.expect(',');
      return { name, offset, count: long(scanner) };
    }
    default:
      return scanner.fail();
  }
}

function sortKeys(scanner: RqlScanner): Extract<SearchOption, { readonly name: 'sort' }>['keys'] {
  const keys = [sortKey(scanner)];
  while (scanner.take(',')) keys.push(sortKey(scanner));
  return keys;
}

function sortKey(scanner: RqlScanner): { readonly direction: 'asc' | 'desc'; readonly text: string } {
  const direction = scanner.take('-') ? 'desc' : 'asc';
  if (direction === 'asc' && !scanner.take('+') && !scanner.take(' ')) scanner.fail();
  const text = scanner.bare();
  if (text.includes('//')) throw failure(`'${text}' is not a JSON pointer`);
  return { direction, text };
}

function long(scanner: RqlScanner): number {
  const value = integer(scanner, /(?!-0)[-+]?(?:[1-9]\d+|\d)/y, Number.MAX_SAFE_INTEGER);
  scanner.skipBlanks();
  return value;
}

function integer(scanner: RqlScanner, pattern: RegExp, max: number): number {
  const text = scanner.match(pattern) ?? scanner.fail();
  const value = Number(text);
  if (Math.abs(value) > max) throw failure(`${text} is too large`);
  return value;
}

/** Ditto's parser fails at once for what it reads but cannot hold. */
function failure(reason: string): Error {
  return new SearchOptionInvalid(`The options cannot be read: ${reason}.`);
}
