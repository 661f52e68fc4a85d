import { SearchOptionInvalid } from './errors.js';
import { formatProperty, parseProperty } from './rql-property.js';
import { RqlScanner } from './rql-scanner.js';

/** How the results of a search are ordered and paged. */
export interface SearchOptions {
  /** By which properties, most significant first; empty when not given. */
  readonly sort: readonly SearchSort[];
  /** Results a page: 1 to 200, 25 when not given. */
  readonly size: number;
  /** Where the page before ended, as the search gave it. */
  readonly cursor?: string;
  /** Deprecated paging by offset; its count (1 to 200) goes before `size`. */
  readonly limit?: { readonly offset: number; readonly count: number };
}

export interface SearchSort {
  readonly direction: 'asc' | 'desc';
  /** Pointer text without a leading slash. */
  readonly property: string;
}

const DEFAULT_SIZE = 25;
const MAX_SIZE = 200;
const MAX_LENGTH = 20_000;

/**
 * Reads `sort(+a,-b)`, `size(n)`, `cursor(x)` and `limit(offset,count)`, joined by commas; of an option given twice the last counts.
 * A blank before a sort property is a `+` that a URL did not escape.
 * @throws SearchOptionInvalid also for `cursor` together with `limit`
 */
export function parseSearchOptions(text: string | undefined): SearchOptions {
  const none: SearchOptions = { sort: [], size: DEFAULT_SIZE };
  if (text === undefined || text.trim() === '') return none;
  if (text.length > MAX_LENGTH) throw new SearchOptionInvalid(MAX_LENGTH, 'the options are too long');
  const scanner = new RqlScanner(text, (position, reason) => new SearchOptionInvalid(position, reason));
  scanner.skipBlanks();
  let options = { ...none, ...option(scanner) };
  while (scanner.take(',')) {
    scanner.skipBlanks();
    options = { ...options, ...option(scanner) };
  }
  scanner.expectEnd();
  if (options.cursor !== undefined && options.limit !== undefined)
    scanner.fail('cursor and limit exclude each other', 0);
  return options;
}

function option(scanner: RqlScanner): Partial<SearchOptions> {
  const start = scanner.position;
  const name = scanner.match(/[a-z]+/y);
  if (name === undefined || !scanner.take('(')) return scanner.fail('expected sort(, size(, cursor( or limit(', start);
  const read = argumentsOf(name, scanner) ?? scanner.fail('expected sort, size, cursor or limit', start);
  scanner.expect(')');
  return read;
}

function argumentsOf(name: string, scanner: RqlScanner): Partial<SearchOptions> | undefined {
  switch (name) {
    case 'sort':
      return { sort: sortKeys(scanner) };
    case 'size':
      return { size: integer(scanner, 1, MAX_SIZE) };
    case 'cursor':
      return { cursor: scanner.bare('a cursor') };
    case 'limit':
      return { limit: limit(scanner) };
    default:
      return undefined;
  }
}

function sortKeys(scanner: RqlScanner): readonly SearchSort[] {
  const keys = [sortKey(scanner)];
  while (scanner.take(',')) keys.push(sortKey(scanner));
  return keys;
}

function sortKey(scanner: RqlScanner): SearchSort {
  const direction = scanner.take('-') ? 'desc' : 'asc';
  if (direction === 'asc' && !scanner.take('+') && !scanner.take(' ')) scanner.fail("expected '+' or '-'");
  const start = scanner.position;
  const fail = (reason: string): never => scanner.fail(reason, start);
  const property = parseProperty(scanner.bare('a property'), fail);
  if (property[0] === 'features' && property[1] === '*') fail('sorting needs the id of one feature');
  return { direction, property: formatProperty(property) };
}

function limit(scanner: RqlScanner): NonNullable<SearchOptions['limit']> {
  const offset = integer(scanner, 0, Number.MAX_SAFE_INTEGER);
  scanner.expect(',');
  return { offset, count: integer(scanner, 1, MAX_SIZE) };
}

function integer(scanner: RqlScanner, min: number, max: number): number {
  const start = scanner.position;
  const value = Number(scanner.match(/\d+/y) ?? NaN);
  if (!(value >= min && value <= max)) scanner.fail(`expected a whole number from ${min} to ${max}`, start);
  return value;
}
