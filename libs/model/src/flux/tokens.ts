import { FluxInvalid } from './flux-invalid.js';
import type { Place } from './flux-invalid.js';
import { compileRegex } from '../regex/index.js';
import type { FluxDuration, FluxLiteral, FluxTime } from './literal.js';

/** Longest query accepted, in UTF-16 code units. */
const MAX_QUERY_LENGTH = 65_536;

export type Token =
  | { readonly kind: 'word' | 'symbol'; readonly text: string; readonly at: Place }
  | { readonly kind: 'literal'; readonly value: FluxLiteral; readonly text: string; readonly at: Place }
  | { readonly kind: 'end'; readonly text: string; readonly at: Place };

const SPACE = /(?:\s|\/\/[^\n]*)+/y;
const TIME = /\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2}))?(?![\w.])/y;
// A fraction is no Flux; Grafana sends one for intervals such as `1.5s`.
const DURATION = /(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|mo|s|m|h|d|w|y))+(?!\w)/y;
const NUMBER = /\d+(?:\.\d+)?(?![\w.])/y;
const WORD = /[\p{L}_][\p{L}\p{N}_]*/uy;
const STRING = /"(?:[^"\\]|\\[^])*"/y;
const REGEX = /\/(?:[^/\\\n]|\\.)+\//y;
const SYMBOL = /\|>|=>|==|!=|<=|>=|=~|!~|<-|[-+*/%^=<>()[\]{},:.?|]/y;
const DURATION_PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|mo|s|m|h|d|w|y)/g;

const MICROS: ReadonlyMap<string, number> = new Map([
  ['ns', 0.001],
  ['us', 1],
  ['µs', 1],
  ['ms', 1_000],
  ['s', 1_000_000],
  ['m', 60_000_000],
  ['h', 3_600_000_000],
  ['d', 86_400_000_000],
  ['w', 604_800_000_000],
]);
/** Longer durations are cut: they lead out of the years that Flux knows anyway. */
const LONGEST_MONTHS = 12_000;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['"', '"'],
  ['\\', '\\'],
  ['$', '$'],
]);

/** @throws FluxInvalid */
export function tokensOf(query: string): readonly Token[] {
  if (query.length > MAX_QUERY_LENGTH) throw new FluxInvalid(`The query is longer than ${MAX_QUERY_LENGTH} characters`);
  const tokens: Token[] = [];
  const place = placesIn(query);
  for (let index = 0; ;) {
    index += matched(SPACE, query, index)?.length ?? 0;
    const at = place(index);
    if (index >= query.length) {
      tokens.push({ kind: 'end', text: 'the end of the query', at });
      return tokens;
    }
    const token = tokenAt(query, index, at, tokens.at(-1));
    tokens.push(token);
    index += token.text.length;
  }
}

function tokenAt(query: string, index: number, at: Place, before: Token | undefined): Token {
  const literal = literalAt(query, index, at, before);
  if (literal !== undefined) return { kind: 'literal', ...literal, at };
  const word = matched(WORD, query, index);
  if (word !== undefined) return { kind: 'word', text: word, at };
  const symbol = matched(SYMBOL, query, index);
  if (symbol !== undefined) return { kind: 'symbol', text: symbol, at };
  throw new FluxInvalid(`'${query.charAt(index)}' has no meaning here`, at);
}

function literalAt(
  query: string,
  index: number,
  at: Place,
  before: Token | undefined,
): { value: FluxLiteral; text: string } | undefined {
  const time = matched(TIME, query, index);
  if (time !== undefined) return { value: timeOf(time, at), text: time };
  const duration = matched(DURATION, query, index);
  if (duration !== undefined) return { value: durationOf(duration), text: duration };
  const number = matched(NUMBER, query, index);
  if (number !== undefined) return { value: number.includes('.') ? Number(number) : intOf(number, at), text: number };
  const string = matched(STRING, query, index);
  if (string !== undefined) return { value: stringOf(string, at), text: string };
  // After a value a slash divides.
  if (before?.kind === 'literal' || before?.kind === 'word' || [')', ']', '}'].includes(before?.text ?? ''))
    return undefined;
  const regex = matched(REGEX, query, index);
  return regex === undefined ? undefined : { value: regexOf(regex, at), text: regex };
}

function matched(pattern: RegExp, text: string, index: number): string | undefined {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0];
}

/** Places for indexes that only grow. */
function placesIn(query: string): (index: number) => Place {
  let line = 1;
  let start = 0;
  return (index) => {
    for (let end = query.indexOf('\n', start); end >= 0 && end < index; end = query.indexOf('\n', start)) {
      line += 1;
      start = end + 1;
    }
    return { line, column: index - start + 1 };
  };
}

/** The instant that an RFC 3339 text or a date names, digits past the microsecond cut. */
export function parseFluxTime(text: string): FluxTime | undefined {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  const whole = Date.parse(text.replace(/\.\d+/, ''));
  return Number.isNaN(whole)
    ? undefined
    : { kind: 'time', micros: whole * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0')) };
}

/** The duration that `text`, e.g. `1h30m`, names; undefined when it is none. */
export function parseFluxDuration(text: string): FluxDuration | undefined {
  return matched(DURATION, text, 0) === text ? durationOf(text) : undefined;
}

function timeOf(text: string, at: Place): FluxTime {
  const time = parseFluxTime(text);
  if (time === undefined) throw new FluxInvalid(`'${text}' is no time`, at);
  return time;
}

function durationOf(text: string): FluxDuration {
  let months = 0;
  let micros = 0;
  for (const [, amount = '', unit = ''] of text.matchAll(DURATION_PART)) {
    if (unit === 'mo') months += Number(amount);
    else if (unit === 'y') months += 12 * Number(amount);
    else micros += Number(amount) * (MICROS.get(unit) ?? 0);
  }
  return {
    kind: 'duration',
    months: Math.min(Math.round(months), LONGEST_MONTHS),
    micros: Math.min(Math.round(micros), Number.MAX_SAFE_INTEGER),
  };
}

function intOf(text: string, at: Place): bigint {
  if (text.length > 19) throw new FluxInvalid(`The integer '${text.slice(0, 30)}' is too large`, at);
  return BigInt(text);
}

function stringOf(text: string, at: Place): string {
  if (/(?:^|[^\\])(?:\\\\)*\$\{/.test(text)) {
    throw new FluxInvalid(
      'String interpolation with ${…} is not supported',
      at,
      'In a dashboard the variable may be missing or misspelt.',
    );
  }
  return text.slice(1, -1).replace(/\\(x[0-9a-fA-F]{2}|[^])/g, (_all, escape: string) => {
    if (escape.length === 3) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    const character = ESCAPES.get(escape);
    if (character === undefined) throw new FluxInvalid(`The escape '\\${escape}' in a string is not known`, at);
    return character;
  });
}

function regexOf(text: string, at: Place): FluxLiteral {
  try {
    return compileRegex(text.slice(1, -1).replaceAll('\\/', '/'));
  } catch (cause) {
    throw new FluxInvalid(
      `In the regular expression, ${cause instanceof Error ? cause.message : 'something is wrong'}`,
      at,
    );
  }
}
