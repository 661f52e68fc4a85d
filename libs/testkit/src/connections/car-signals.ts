import type { InboundMessage, OutboundMessage, RecordedEvent } from '@gemel/application/ports';
import { parseConnection } from '@gemel/model/connections';
import type { Connection } from '@gemel/model/connections';
import { parseThingId } from '@gemel/model/ids';
import { isJsonObject, parseJson } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import type { ThingEvent } from '@gemel/model/signals';

const ditto = parseSubjectId('nginx:ditto');
const thingId = parseThingId('example:car');

/** `cars`, over MQTT: what cars say comes in, and their events with the value 1 go out. */
export function carConnection(change: JsonObject = {}): Connection {
  return parseConnection({
    id: 'cars',
    connectionType: 'mqtt',
    uri: 'mqtt://broker:1883',
    sources: [{ addresses: ['telemetry/#'], qos: 1, authorizationContext: ['nginx:ditto'] }],
    targets: [
      {
        address: 'events/{{ thing:name }}',
        topics: ['_/_/things/twin/events?filter=eq(attributes/n,1)', '_/_/things/twin/events?namespaces=other'],
        qos: 1,
        authorizationContext: ['nginx:ditto'],
      },
    ],
    ...change,
  });
}

/** Of a trace whose id is all one digit. */
export function traceparent(digit: string): string {
  return `00-${digit.repeat(32)}-00f067aa0ba902b7-01`;
}

/** Sets an attribute, as a device says it. */
export function telemetry(id: string, n: number, headers: JsonObject = {}): InboundMessage {
  const text = { topic: `example/${id}/things/twin/commands/modify`, path: '/attributes/n', value: n, headers };
  return {
    address: `telemetry/${id}`,
    payload: new TextEncoder().encode(JSON.stringify(text)),
    subjects: [ditto],
    headers: { traceparent: traceparent('a'), site: 'north' },
    source: 0,
  };
}

/** Of the car. */
export function carEvent(revision: number, change: Partial<ThingEvent> = {}): RecordedEvent {
  const base = {
    entity: 'thing',
    id: thingId,
    action: 'modified',
    timestamp: 0,
    path: ['attributes', 'n'],
    value: 1,
  } as const;
  return { position: revision, event: { ...base, revision, headers: { 'correlation-id': `c${revision}` }, ...change } };
}

/** What a message says. */
export function payloadJson(message: OutboundMessage | undefined): JsonObject {
  const value = parseJson(String(message?.payload ?? 'null'));
  return isJsonObject(value) ? value : {};
}
