import { nameOf, namespaceOf } from '../ids/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import type { PolicyEvent } from '../signals/index.js';
import { formatInstant } from '../time/index.js';
import { formatEnvelope } from './envelope.js';

/** What happened to a policy, as a message. @param value as far as it may be seen */
export function policyEventEnvelope(event: PolicyEvent, value: JsonValue | undefined): JsonObject {
  const { id, action, headers, path, revision, timestamp } = event;
  return formatEnvelope({
    topic: { namespace: namespaceOf(id), name: nameOf(id), group: 'policies', criterion: 'events', action },
    headers: { ...headers, 'content-type': 'application/json', 'entity-revision': revision },
    path,
    ...(value === undefined ? undefined : { value }),
    revision,
    timestamp: formatInstant(timestamp),
  });
}
