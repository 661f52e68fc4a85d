import { AttributeRestricted, BodyInvalid, hasRestrictedAttributes } from '@gemel/model/composition';
import { isJsonObject } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';

/**
 * A request's body, undefined when it is absent or holds nothing.
 * @throws BodyInvalid, AttributeRestricted
 */
export function parseBody(body: JsonValue | undefined): JsonObject | undefined {
  if (body === undefined || body === null || body === '') return undefined;
  if (!isJsonObject(body)) throw new BodyInvalid();
  if (hasRestrictedAttributes(body)) throw new AttributeRestricted();
  return Object.keys(body).length === 0 ? undefined : body;
}
