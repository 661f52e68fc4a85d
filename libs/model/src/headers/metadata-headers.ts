import {
  JsonInvalid,
  isJsonArray,
  isJsonObject,
  member,
  parseFieldSelector,
  parseJson,
  parsePointer,
} from '../json/index.js';
import type { FieldSelector, JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import { GemelError } from '../errors/index.js';
import { HeaderInvalid } from './header-invalid.js';

/** Metadata to put; the key is relative to the resource of the command and may hold wildcards (Ditto, "Metadata"). */
export interface MetadataEntry {
  readonly key: JsonPointer;
  readonly value: JsonValue;
}

/** What a command wants of a thing's metadata. More than one is a conflict that only a command can tell of. */
export interface MetadataHeaders {
  readonly put?: readonly MetadataEntry[];
  readonly get?: readonly JsonPointer[];
  readonly delete?: readonly JsonPointer[];
}

/** The texts of the headers of these names. */
export interface MetadataTexts {
  readonly put: string | undefined;
  readonly get: string | undefined;
  readonly delete: string | undefined;
}

/** Undefined when none of the headers is there. @throws HeaderInvalid */
export function parseMetadataHeaders(texts: MetadataTexts): MetadataHeaders | undefined {
  if (texts.put === undefined && texts.get === undefined && texts.delete === undefined) return undefined;
  return {
    ...(texts.put === undefined ? undefined : { put: entriesIn(texts.put) }),
    ...(texts.get === undefined ? undefined : { get: pointersIn('get-metadata', texts.get) }),
    ...(texts.delete === undefined ? undefined : { delete: pointersIn('delete-metadata', texts.delete) }),
  };
}

/** Elements that are no objects count for nothing, as in Ditto. */
function entriesIn(text: string): readonly MetadataEntry[] {
  if (text.trim() === '') return [];
  return reading('put-metadata', text, () => {
    const array = parseJson(text);
    if (!isJsonArray(array)) throw new JsonInvalid('it is not an array');
    return array.filter((element): element is JsonObject => isJsonObject(element)).map(entryOf);
  });
}

function entryOf(element: JsonObject): MetadataEntry {
  const text = member(element, 'key');
  const value = member(element, 'value');
  if (typeof text !== 'string') throw new JsonInvalid("an entry has no 'key' that is text");
  if (value === undefined) throw new JsonInvalid("an entry has no 'value'");
  const key = parsePointer(text);
  if (key.length === 0) throw new JsonInvalid("a 'key' is empty");
  return { key, value };
}

function pointersIn(header: string, text: string): readonly JsonPointer[] {
  if (text.trim() === '') return [];
  return reading(header, text, () => pointersOf(parseFieldSelector(text)));
}

function pointersOf(selector: FieldSelector): readonly JsonPointer[] {
  return [...selector.children].flatMap(([key, below]): readonly JsonPointer[] =>
    below.children.size === 0 ? [[key]] : pointersOf(below).map((rest) => [key, ...rest]),
  );
}

function reading<T>(header: string, text: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof GemelError)) throw error;
    const refusal = new HeaderInvalid(header, text.slice(0, 80), error.message);
    refusal.cause = error;
    throw refusal;
  }
}
