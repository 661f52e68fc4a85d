import { JsonPointerInvalid } from './errors.js';
import { isJsonObject, member, withMember, withoutMember } from './value.js';
import type { JsonObject, JsonValue } from './value.js';

/** A JSON pointer (RFC 6901) as its decoded segments; empty addresses the whole document. */
export type JsonPointer = readonly string[];

/** Most segments accepted, so that what pointers create stays shallow enough for recursion. */
const MAX_SEGMENTS = 100;

/**
 * Reads a pointer; the leading slash may be missing, as in Ditto's fields and conditions.
 * @throws JsonPointerInvalid for empty segments, escapes other than `~0` and `~1`, and more than 100 segments
 */
export function parsePointer(text: string): JsonPointer {
  const path = text.startsWith('/') ? text.slice(1) : text;
  if (path === '') return [];
  const segments = path.split('/', MAX_SEGMENTS + 1);
  if (segments.length > MAX_SEGMENTS) throw new JsonPointerInvalid(`${text.slice(0, 40)}…`, 'length');
  return segments.map((segment) => decodeSegment(segment, text));
}

/** With a leading slash; `/` for the whole document, as Ditto prints it. */
export function formatPointer(pointer: JsonPointer): string {
  return `/${pointer.map((segment) => segment.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`;
}

/** What is at the pointer; undefined when nothing is. Arrays are values: nothing is below them. */
export function valueAt(value: JsonValue | undefined, pointer: JsonPointer): JsonValue | undefined {
  let current = value;
  for (const segment of pointer) {
    if (!isJsonObject(current)) return undefined;
    current = member(current, segment);
  }
  return current;
}

/** A copy with the value set; missing objects on the way are made, other values on the way give way to one. */
export function withValueAt(target: JsonObject, pointer: JsonPointer, value: JsonValue): JsonValue {
  const [head, ...rest] = pointer;
  if (head === undefined) return value;
  if (rest.length === 0) return withMember(target, head, value);
  const child = member(target, head);
  return withMember(target, head, withValueAt(isJsonObject(child) ? child : {}, rest, value));
}

/** A copy without what is at the pointer; the same object when nothing is there. */
export function withoutValueAt(target: JsonObject, pointer: JsonPointer): JsonObject {
  const [head, ...rest] = pointer;
  if (head === undefined) return {};
  if (rest.length === 0) return withoutMember(target, head);
  const child = member(target, head);
  if (!isJsonObject(child)) return target;
  const without = withoutValueAt(child, rest);
  return without === child ? target : withMember(target, head, without);
}

function decodeSegment(segment: string, pointer: string): string {
  if (segment === '') throw new JsonPointerInvalid(pointer, 'slashes');
  if (!segment.includes('~')) return segment;
  if (/~(?![01])/.test(segment)) throw new JsonPointerInvalid(pointer, 'escape');
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}
