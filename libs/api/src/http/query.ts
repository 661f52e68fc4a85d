import { UrlInvalid } from './errors.js';

/** Query or form parameters in their order; a name may be there more than once. */
export type Query = ReadonlyMap<string, readonly string[]>;

const NONE: Query = new Map();

/**
 * Options hold signs, as in `sort(+thingId)`, that nearly everybody forgets to encode; spaces they never hold.
 * Everywhere else '+' is a space (application/x-www-form-urlencoded).
 */
const KEEPS_PLUS = 'option';

/** @throws UrlInvalid for broken percent-encoding */
export function parseQuery(text: string): Query {
  if (text === '') return NONE;
  const query = new Map<string, string[]>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : pair.slice(equals + 1);
    const values = query.get(name) ?? [];
    values.push(decode(name === KEEPS_PLUS ? value.replaceAll('+', '%2B') : value));
    query.set(name, values);
  }
  return query;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new UrlInvalid(`'${text.slice(0, 40)}' is not percent-encoded UTF-8`);
  }
}
