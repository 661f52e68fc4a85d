import type { LiveFrame } from '@gemel/application/ports';
import { parseThingId } from '@gemel/model/ids';
import { isJsonObject, member } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import type { KafkaMessage } from 'kafkajs';

/** A frame as it is sent; the process that sent it does not hear it again. */
export interface LiveMessage {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: { readonly process: string };
}

export function toLiveMessage({ entityId, envelope, origin }: LiveFrame, process: string): LiveMessage {
  const value = origin === undefined ? { envelope } : { envelope, origin };
  return { key: entityId, value: Buffer.from(JSON.stringify(value)), headers: { process } };
}

/** Undefined for what `toLiveMessage` has not made, and for what this process has sent. */
export function parseLiveMessage(
  { key, value, headers }: Pick<KafkaMessage, 'key' | 'value' | 'headers'>,
  process: string,
): LiveFrame | undefined {
  const sender = headers?.['process'];
  if (key === null || value === null || sender === undefined || String(sender) === process) return undefined;
  try {
    const json = JSON.parse(value.toString()) as JsonValue;
    const fields: JsonObject = isJsonObject(json) ? json : {};
    const envelope = member(fields, 'envelope');
    const origin = member(fields, 'origin');
    if (!isJsonObject(envelope)) return undefined;
    const frame = { entityId: parseThingId(key.toString()), envelope };
    return typeof origin === 'string' ? { ...frame, origin } : frame;
  } catch {
    return undefined;
  }
}
