import { headerValue } from '@gemel/model/headers';
import { asciiJson, parseJson } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import type { GemelEvent } from '@gemel/model/signals';

/** The response header that tells, of what led to a past state, the headers with these names (Ditto, "History"). */
export function historicalHeaders(headers: JsonObject, names: readonly string[]): Readonly<Record<string, string>> {
  const told = names.flatMap((name): [string, JsonValue][] => {
    const value = headerValue(headers, name.toLowerCase());
    return value === undefined ? [] : [[name, value]];
  });
  return { 'historical-headers': asciiJson(Object.fromEntries(told)) };
}

/** Headers of an event of the past, with those that may be told instead of its own. */
export function headersOfPast({ headers }: GemelEvent, names: readonly string[]): JsonObject {
  const { 'historical-headers': text } = historicalHeaders(headers, names);
  return text === undefined ? {} : { 'historical-headers': parseJson(text) };
}
