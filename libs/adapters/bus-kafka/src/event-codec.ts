import type { RecordedEvent } from '@gemel/application/ports';
import { kafkaPartitionOf } from '@gemel/model/connections';
import type { GemelEvent } from '@gemel/model/signals';
import type { KafkaMessage } from 'kafkajs';

/**
 * What is sent: one event under its entity's key and with headers, when it belongs to a trace; else several events of a
 * partition, in log order. A message costs kafkajs the more, at both ends, the more of them there are, and what is in them
 * little.
 */
export interface EventMessage {
  readonly partition: number;
  readonly key: string | null;
  readonly value: Buffer;
  readonly headers: Record<string, string>;
  /** Events in it. */
  readonly count: number;
}

export interface MessageLimits {
  readonly partitions: number;
  /** Of several events in one message, roughly. An event that is larger is a message of its own. */
  readonly bytes: number;
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

/** The messages for all events; those for one partition are in log order. */
export function toMessages(
  events: readonly RecordedEvent[],
  { partitions, bytes }: MessageLimits,
): readonly EventMessage[] {
  const messages: EventMessage[] = [];
  const open = new Map<number, Pack>();
  const close = (partition: number) => {
    const pack = open.get(partition);
    open.delete(partition);
    if (pack !== undefined) messages.push(packed(partition, pack));
  };
  for (const recorded of events) {
    const { position, event } = recorded;
    const partition = kafkaPartitionOf(Buffer.from(keyOf(event)), partitions);
    if (event.headers['traceparent'] !== undefined) {
      close(partition);
      messages.push(single(recorded, partition));
      continue;
    }
    const text = textOf(recorded);
    if ((open.get(partition)?.length ?? 0) + text.length > bytes) close(partition);
    const pack = open.get(partition) ?? { texts: [], count: 0, length: 0 };
    pack.texts.push(String(position), text);
    pack.count += 1;
    pack.length += text.length;
    open.set(partition, pack);
  }
  for (const partition of [...open.keys()]) close(partition);
  return messages;
}

/** Size of a message on its way, in bytes; never less than it is. */
export function bytesOf({ key, value, headers }: Pick<EventMessage, 'key' | 'value' | 'headers'>): number {
  const names = Object.entries(headers).flat().join('');
  return value.length + 2 * Buffer.byteLength(key ?? '') + Buffer.byteLength(names) + OVERHEAD_BYTES;
}

/** The events in a message, in log order; undefined for what `toMessages` has not made. */
export function parseMessage({
  value,
  headers,
}: Pick<KafkaMessage, 'value' | 'headers'>): readonly RecordedEvent[] | undefined {
  if (value === null) return undefined;
  const json = parseJson(value.toString());
  if (Array.isArray(json)) return parsePacked(json);
  const header = headers?.['position'];
  const position = Buffer.isBuffer(header) || typeof header === 'string' ? Number(String(header)) : Number.NaN;
  const recorded = parseRecorded(position, json);
  return recorded && [recorded];
}

/** Events that wait to become one message: position and text in turns. */
interface Pack {
  readonly texts: string[];
  count: number;
  /** Of the events' texts, in UTF-16 code units. */
  length: number;
}

function packed(partition: number, { texts, count }: Pack): EventMessage {
  return { partition, key: null, value: Buffer.from(`[${texts.join(',')}]`), headers: {}, count };
}

function textOf({ event, text }: RecordedEvent): string {
  return text ?? JSON.stringify(event);
}

function single(recorded: RecordedEvent, partition: number): EventMessage {
  const { position, event } = recorded;
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
  return { partition, key: keyOf(event), value: Buffer.from(textOf(recorded)), headers, count: 1 };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parsePacked(json: readonly unknown[]): readonly RecordedEvent[] | undefined {
  const events: RecordedEvent[] = [];
  for (let at = 0; at < json.length; at += 2) {
    const recorded = parseRecorded(json[at], json[at + 1]);
    if (recorded === undefined) return undefined;
    events.push(recorded);
  }
  return events.length === 0 ? undefined : events;
}

function parseRecorded(position: unknown, event: unknown): RecordedEvent | undefined {
  if (typeof position !== 'number' || !Number.isSafeInteger(position) || position < 1) return undefined;
  return isEvent(event) ? { position, event: event as GemelEvent } : undefined;
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
