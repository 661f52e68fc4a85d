import { parseJson } from '../json/index.js';
import type { JsonValue } from '../json/index.js';

/** How a payload stands in a Ditto Protocol message, by its content type: as text, as JSON, or as base64. */
export type ContentForm = 'text' | 'json' | 'binary';

const TEXT = /^(?:text\/.*|application\/(?:(?:vnd\.)?.+\+)?(?:javascript|ecmascript))$/;
const JSON_TYPE = /^application\/(?:(?:vnd\.)?.+\+)?json$/;
/** type/subtype with parameters (RFC 9110, section 8.3.1). */
const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+(?:\s*;.*)?$/;
const PLAIN_JSON = 'application/json';

/** Of one that is absent or malformed: `binary`. */
export function contentForm(contentType: string | undefined): ContentForm {
  const type = mediaTypeOf(contentType);
  if (TEXT.test(type)) return 'text';
  return JSON_TYPE.test(type) ? 'json' : 'binary';
}

export function isMediaType(text: string): boolean {
  return MEDIA_TYPE.test(text);
}

/**
 * The payload of a message as the Ditto Protocol carries it.
 * @throws JsonInvalid it says that it is `application/json` and is not
 */
export function payloadValue(bytes: Uint8Array, contentType: string | undefined): JsonValue {
  switch (contentForm(contentType)) {
    case 'text':
      return decode(bytes, charsetOf(contentType));
    case 'json':
      return jsonOrText(decode(bytes, 'utf-8'), mediaTypeOf(contentType));
    case 'binary':
      return toBase64(bytes);
  }
}

/** The bytes, or the text, that a value of the Ditto Protocol stands for. */
export function payloadContent(value: JsonValue, contentType: string | undefined): string | Uint8Array {
  if (contentForm(contentType) === 'json') return JSON.stringify(value);
  if (typeof value !== 'string') return JSON.stringify(value);
  const isEncoded = contentType !== undefined && isMediaType(contentType) && contentForm(contentType) === 'binary';
  return isEncoded ? (fromBase64(value) ?? value) : value;
}

function jsonOrText(text: string, mediaType: string): JsonValue {
  if (mediaType === PLAIN_JSON) return parseJson(text);
  try {
    return parseJson(text);
  } catch {
    // Ditto takes what only resembles JSON as it is.
    return text;
  }
}

function mediaTypeOf(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function charsetOf(contentType: string | undefined): string {
  return /;\s*charset\s*=\s*"?([\w.:-]+)"?/i.exec(contentType ?? '')?.[1] ?? 'utf-8';
}

/** As UTF-8 when nobody knows the charset. */
function decode(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

const CHUNK = 8_192;

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += CHUNK) binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(binary);
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
