export { asciiJson } from './ascii-json.js';
export { jsonEquals, stableHash } from './compare.js';
export {
  JsonFieldMissing,
  JsonFieldSelectorInvalid,
  JsonInvalid,
  JsonPointerInvalid,
  JsonTypeInvalid,
  JsonTypeNotParsable,
  JsonUnparsable,
} from './errors.js';
export { parseFieldSelector, selectFields } from './field-selector.js';
export { formatFieldSelector } from './format-field-selector.js';
export type { FieldSelector } from './field-selector.js';
export { jsonSize, jsonSizeAtMost } from './json-size.js';
export { mergePatch } from './merge-patch.js';
export { minimalPatch } from './minimal-patch.js';
export { overlay } from './overlay.js';
export { NOT_UTF8, parseJson } from './parse-json.js';
export { formatPointer, parsePointer, valueAt, withValueAt, withoutValueAt } from './pointer.js';
export type { JsonPointer } from './pointer.js';
export { isRemovalByRegex, removalSteps, removesByRegex } from './regex-key.js';
export { addMember, isJsonArray, isJsonObject, member, withMember, withoutMember } from './value.js';
export type { JsonArray, JsonObject, JsonValue } from './value.js';
