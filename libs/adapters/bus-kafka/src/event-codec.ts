import type { RecordedEvent } from '@gemel/application/ports';
import type { GemelEvent } from '@gemel/model/signals';
import type { KafkaMessage } from 'kafkajs';

/** An event as it is sent: its JSON text under the entity's key. */
export interface EventMessage {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Record<string, string>;
}

/** Headers of the cause that become headers of the message, so that others can follow a trace without parsing. */
const PASSED_ON = ['correlation-id', 'traceparent', 'tracestate'] as const;
/** What a message takes besides key and value, in bytes: a generous guess. */
const OVERHEAD_BYTES = 300;

/**
 * Which messages keep their order: a thing's ID, as others who key by thing do; `policy/` and the ID for a policy, which
 * is no Thing ID, as a namespace has no slash.
 */
export function keyOf({ entity, id }: GemelEvent): string {
  return entity === 'thing' ? id : `policy/${id}`;
}

export function toMessage({ position, event }: RecordedEvent): EventMessage {
  const headers: Record<string, string> = {
    position: String(position),
    entity: event.entity,
    id: event.id,
    revision: String(event.revision),
  };
  for (const name of PASSED_ON) {
    const value = event.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  return { key: keyOf(event), value: Buffer.from(JSON.stringify(event)), headers };
}

/** Size of a message on its way, in bytes; never less than it is. */
export function bytesOf({ key, value }: EventMessage): number {
  return value.length + 2 * Buffer.byteLength(key) + OVERHEAD_BYTES;
}

/** Undefined for what `toMessage` has not made. */
export function parseMessage({ value, headers }: Pick<KafkaMessage, 'value' | 'headers'>): RecordedEvent | undefined {
  const header = headers?.['position'];
  const position = Buffer.isBuffer(header) || typeof header === 'string' ? Number(String(header)) : Number.NaN;
  if (value === null || !Number.isSafeInteger(position) || position < 1) return undefined;
  let event: unknown;
  try {
    event = JSON.parse(value.toString());
  } catch {
    return undefined;
  }
  if (!isEvent(event)) return undefined;
  return { position, event: event as GemelEvent };
}

/** As deep as it takes to tell our events from anything else; what we wrote ourselves needs no more. */
function isEvent(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const { entity, id, revision, timestamp, path, action, headers } = fields;
  return (
    (entity === 'thing' || entity === 'policy') &&
    typeof id === 'string' &&
    Number.isSafeInteger(revision) &&
    typeof timestamp === 'number' &&
    Array.isArray(path) &&
    typeof action === 'string' &&
    typeof headers === 'object' &&
    headers !== null
  );
}
