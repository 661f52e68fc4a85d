import { JsonInvalid } from './errors.js';
import { isJsonArray, isJsonObject, member } from './value.js';
import type { JsonValue } from './value.js';

/** Deepest nesting accepted, so that no recursion over a document can exhaust the stack. */
const MAX_DEPTH = 100;

/** Stands at the end of text whose bytes went on with what is no UTF-8. No JSON ends with it. */
export const NOT_UTF8 = '\ufffd';

/**
 * Parses JSON text; `__proto__` becomes an own member like any other, of duplicate keys the last one wins.
 * @param unparsable what is thrown for text that is no JSON; errors that are logged must not hold the text
 * @throws JsonInvalid also for nesting deeper than 100 levels and numbers that overflow
 */
export function parseJson(text: string, unparsable = (reason: string) => new JsonInvalid(reason)): JsonValue {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (error) {
    if (text.endsWith(NOT_UTF8)) throw unparsable('it is not UTF-8');
    throw unparsable(error instanceof SyntaxError ? error.message : 'it is not JSON');
  }
  checkValue(value, 0);
  return value;
}

function checkValue(value: JsonValue, depth: number): void {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new JsonInvalid('a number is too large');
    return;
  }
  if (!isJsonArray(value) && !isJsonObject(value)) return;
  if (depth === MAX_DEPTH) throw new JsonInvalid(`it is nested deeper than ${String(MAX_DEPTH)} levels`);
  if (isJsonArray(value)) for (const element of value) checkValue(element, depth + 1);
  else for (const key in value) checkValue(member(value, key) ?? null, depth + 1);
}
