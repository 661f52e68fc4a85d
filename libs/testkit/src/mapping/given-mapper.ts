import { parseConnection } from '@gemel/model/connections';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import type { OutgoingMessage, PayloadMapper } from '@gemel/model/mapping';
import type { PlaceholderContext } from '@gemel/model/placeholders';
import { formatTopic, parseTopic } from '@gemel/model/protocol';
import type { Envelope } from '@gemel/model/protocol';

/** When messages are mapped, in milliseconds since 1970: 2024-01-06T14:23:42.123Z. */
export const MAPPED_AT = Date.UTC(2024, 0, 6, 14, 23, 42, 123);

/** The mapper as a connection has it. */
export function mapperOf(mappingEngine: string, options: JsonObject = {}): PayloadMapper {
  const source = { addresses: ['x'], qos: 0, authorizationContext: ['nginx:me'], payloadMapping: ['mine'] };
  const { sources } = parseConnection({
    id: 'c',
    connectionType: 'mqtt',
    uri: 'tcp://x',
    mappingDefinitions: { mine: { mappingEngine, options } },
    sources: [source],
  });
  const configured = sources[0]?.payloadMapping[0]?.mapper;
  if (configured?.kind !== 'mapper') throw new Error('no mapper');
  return configured.mapper;
}

/** What it makes of a payload; JSON is sent as its text. */
export function mapIn(
  mapper: PayloadMapper,
  payload: JsonValue | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
  context: PlaceholderContext = {},
): readonly (Omit<Envelope, 'topic'> & { readonly topic: string })[] {
  const all = { headers, subjectId: 'nginx:me', now: MAPPED_AT, ...context };
  return (mapper.incoming?.({ headers, payload: bytesOf(payload) }, all) ?? []).map(({ topic, ...rest }) => ({
    topic: formatTopic(topic),
    ...rest,
  }));
}

/** What it makes of a signal. */
export function mapOut(mapper: PayloadMapper, json: JsonObject): readonly OutgoingMessage[] {
  const { topic: text } = json;
  const topic = parseTopic(typeof text === 'string' ? text : '');
  return mapper.outgoing?.({ topic, json }, { now: MAPPED_AT }) ?? [];
}

/** The payloads of that, as JSON. */
export function mappedJson(mapper: PayloadMapper, json: JsonObject): JsonValue[] {
  return mapOut(mapper, json).map(({ payload }) => JSON.parse(String(payload)) as JsonValue);
}

function bytesOf(payload: JsonValue | Uint8Array): Uint8Array {
  if (payload instanceof Uint8Array) return payload;
  return new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload));
}
