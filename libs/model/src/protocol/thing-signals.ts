import type { GemelError } from '../errors/index.js';
import { headerValue } from '../headers/index.js';
import { nameOf, namespaceOf } from '../ids/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import type { ThingEvent } from '../signals/index.js';
import { formatInstant } from '../time/index.js';
import { formatEnvelope } from './envelope.js';
import type { Envelope } from './envelope.js';
import type { Channel, Topic } from './topic.js';

const JSON_CONTENT = 'application/json';
const MERGE_PATCH_CONTENT = 'application/merge-patch+json';

/** The result of a command, in the terms of its response. */
export interface CommandResult {
  /** 200, 201 or 204. */
  readonly status: number;
  readonly value?: JsonValue | undefined;
  readonly etag?: string | undefined;
  readonly revision?: number | undefined;
}

/** The answer to a command: same topic and path, its correlation id. */
export function responseEnvelope(command: Envelope, result: CommandResult): JsonObject {
  return formatEnvelope({
    topic: command.topic,
    headers: {
      ...correlation(command.headers),
      'content-type': JSON_CONTENT,
      ...(result.etag === undefined ? undefined : { etag: result.etag }),
      ...(result.revision === undefined ? undefined : { 'entity-revision': result.revision }),
    },
    path: command.path,
    ...(result.value === undefined ? undefined : { value: result.value }),
    status: result.status,
  });
}

/**
 * An event as its subscribers get it; `value` replaces the event's own, for a reader who may see a part only, and who is
 * then not shown the event's metadata.
 */
export function eventEnvelope(
  event: ThingEvent,
  {
    value = event.value,
    extra,
  }: { readonly value?: JsonValue | undefined; readonly extra?: JsonObject | undefined } = {},
): JsonObject {
  return formatEnvelope({
    topic: eventTopic(event),
    headers: {
      ...event.headers,
      'content-type': event.action === 'merged' ? MERGE_PATCH_CONTENT : JSON_CONTENT,
      'entity-revision': event.revision,
    },
    path: event.path,
    value,
    extra,
    metadata: value === event.value ? event.metadata : undefined,
    revision: event.revision,
    timestamp: formatInstant(event.timestamp),
  });
}

export function eventTopic(event: ThingEvent): Topic {
  return {
    namespace: namespaceOf(event.id),
    name: nameOf(event.id),
    group: 'things',
    channel: 'twin',
    criterion: 'events',
    action: event.action,
  };
}

/** A refusal as a message; without a topic the entity is unknown. */
export function errorEnvelope(
  error: GemelError,
  cause: { readonly topic?: Topic | undefined; readonly headers?: JsonObject | undefined } = {},
): JsonObject {
  return formatEnvelope({
    topic: errorTopic(cause.topic),
    headers: { ...error.headers, ...correlation(cause.headers ?? {}), 'content-type': JSON_CONTENT },
    path: [],
    value: { ...error.toJson() },
    status: error.status,
  });
}

/** Where a refusal of something is told; without a topic the entity is unknown. */
export function errorTopic(topic: Topic | undefined): Topic {
  const channel: Channel = topic?.group === 'things' ? topic.channel : 'twin';
  const { namespace, name } = topic ?? { namespace: 'unknown', name: 'unknown' };
  return topic?.group === 'policies'
    ? { namespace, name, group: 'policies', criterion: 'errors' }
    : { namespace, name, group: 'things', channel, criterion: 'errors' };
}

function correlation(headers: JsonObject): JsonObject {
  const id = headerValue(headers, 'correlation-id');
  return id === undefined ? {} : { 'correlation-id': id };
}
