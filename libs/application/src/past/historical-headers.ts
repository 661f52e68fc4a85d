import { headerValue } from '@gemel/model/headers';
import { asciiJson } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';

/** The response header that tells, of what led to a past state, the headers with these names (Ditto, "History"). */
export function historicalHeaders(headers: JsonObject, names: readonly string[]): Readonly<Record<string, string>> {
  const told = names.flatMap((name): [string, JsonValue][] => {
    const value = headerValue(headers, name.toLowerCase());
    return value === undefined ? [] : [[name, value]];
  });
  return { 'historical-headers': asciiJson(Object.fromEntries(told)) };
}
