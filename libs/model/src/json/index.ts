export { isJsonObject, member, withMember, withoutMember } from './value.js';
export type { JsonArray, JsonObject, JsonValue } from './value.js';
export type { JsonPointer } from './pointer.js';
