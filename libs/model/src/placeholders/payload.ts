import { addMember, isJsonArray, isJsonObject, member } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { GemelError } from '../errors/index.js';
import type { PlaceholderContext } from './prefixes.js';
import { parseTemplate, resolveTemplate } from './template.js';

/** Beginnings of placeholders that stand for something in what is stored; all others are meant for somebody else. */
const KNOWN = /\{\{\s{0,10}(?:request:subjectId|time:)/y;
const LEGACY_SUBJECT = '${request.subjectId}';

/** Who sends the payload, and when. */
type PayloadContext = Required<Pick<PlaceholderContext, 'subjectId' | 'now'>>;

/**
 * A payload whose strings have `{{ request:subjectId }}` and `{{ time:now… }}` replaced, with functions behind them if
 * there are some (Ditto, "Placeholders: entity creation and modification"). A string with any other placeholder, or
 * with one that does not resolve, stays as it is. Keys stay, too. The same value when nothing is replaced.
 */
export function resolvePayload(value: JsonObject, context: PayloadContext): JsonObject;
export function resolvePayload(value: JsonValue, context: PayloadContext): JsonValue;
export function resolvePayload(value: JsonValue, context: PayloadContext): JsonValue {
  if (typeof value === 'string') return value.includes('{') ? resolveText(value, context) : value;
  if (isJsonArray(value)) {
    const elements = value.map((element) => resolvePayload(element, context));
    return elements.every((element, index) => element === value[index]) ? value : elements;
  }
  return isJsonObject(value) ? resolveMembers(value, context) : value;
}

function resolveMembers(object: JsonObject, context: PayloadContext): JsonObject {
  let resolved: Record<string, JsonValue> | undefined;
  for (const key in object) {
    const before = member(object, key) ?? null;
    const after = resolvePayload(before, context);
    if (after !== before) addMember((resolved ??= { ...object }), key, after);
  }
  return resolved ?? object;
}

function resolveText(text: string, context: PayloadContext): string {
  if (text === LEGACY_SUBJECT) return context.subjectId ?? text;
  if (!hasKnownOnly(text)) return text;
  try {
    const resolution = resolveTemplate(parseTemplate(text), context, 1);
    return resolution.kind === 'resolved' ? (resolution.values[0] ?? text) : text;
  } catch (error) {
    if (error instanceof GemelError) return text;
    throw error;
  }
}

function hasKnownOnly(text: string): boolean {
  let at = text.indexOf('{{');
  if (at < 0) return false;
  while (at >= 0) {
    KNOWN.lastIndex = at;
    const end = KNOWN.test(text) ? text.indexOf('}}', at) : -1;
    if (end < 0) return false;
    at = text.indexOf('{{', end + 2);
  }
  return true;
}
