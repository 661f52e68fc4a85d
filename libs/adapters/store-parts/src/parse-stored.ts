import type { JsonValue } from '@gemel/model/json';

/** What stands in a store, where it may have been spoiled; undefined for what is no JSON. */
export function parseStored(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
