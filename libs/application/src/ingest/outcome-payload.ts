import type { JsonValue } from '@gemel/model/json';
import { contentForm, payloadValue } from '@gemel/model/messages';
import type { PublishOutcome } from '../ports/index.js';

/** Of the other side's answer; a longer one is left out (Ditto, connectivity.conf). In bytes. */
const MAX_PAYLOAD = 100_000;

/** What the other side has said, as the Ditto Protocol carries it; undefined when that is nothing, or too much. */
export function payloadOf({ payload, headers }: PublishOutcome): JsonValue | undefined {
  if (payload === undefined || payload.length === 0 || payload.length > MAX_PAYLOAD) return undefined;
  const contentType = headers?.['content-type'];
  try {
    return payloadValue(payload, contentType);
  } catch {
    // It says that it is JSON and is not.
    return contentForm(contentType) === 'json' ? new TextDecoder().decode(payload) : undefined;
  }
}
