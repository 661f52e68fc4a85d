import type { OutboundMessage } from '@gemel/application/ports';
import type { IClientPublishOptions } from 'mqtt';
import type { IPublishPacket } from 'mqtt-packet';

type Properties = NonNullable<IPublishPacket['properties']>;

/** Headers of what was received, as Ditto names them; user properties of MQTT 5 under their own names. */
export function headersOf(packet: IPublishPacket, qos: number): Record<string, string> {
  const headers: Record<string, string> = {};
  const { properties } = packet;
  for (const [name, value] of Object.entries(properties?.userProperties ?? {})) {
    if (name.toLowerCase() !== '__proto__')
      headers[name.toLowerCase()] = Array.isArray(value) ? value.join(',') : value;
  }
  set(headers, 'content-type', properties?.contentType);
  set(headers, 'reply-to', properties?.responseTopic);
  set(headers, 'correlation-id', properties?.correlationData?.toString('utf8'));
  set(headers, 'mqtt.message-expiry-interval', properties?.messageExpiryInterval?.toString());
  headers['mqtt.topic'] = packet.topic;
  headers['mqtt.qos'] = String(qos);
  headers['mqtt.retain'] = String(packet.retain);
  return headers;
}

/** How a message is published; headers that are not about MQTT itself need MQTT 5 to go along. */
export function publishOptions({ headers, qos }: OutboundMessage, isVersion5: boolean): IClientPublishOptions {
  const wanted = headers['mqtt.qos'];
  const options = {
    qos: wanted === '0' || wanted === '1' || wanted === '2' ? parseQos(wanted) : qos,
    retain: headers['mqtt.retain'] === 'true',
  };
  return isVersion5 ? { ...options, properties: propertiesOf(headers) } : options;
}

function propertiesOf(headers: Readonly<Record<string, string>>): Properties {
  const userProperties: Record<string, string> = {};
  const properties: Properties = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'content-type') properties.contentType = value;
    else if (name === 'reply-to') properties.responseTopic = value;
    else if (name === 'mqtt.message-expiry-interval') Object.assign(properties, expiry(value));
    else if (!name.startsWith('mqtt.')) userProperties[name] = value;
    if (name === 'correlation-id') properties.correlationData = Buffer.from(value);
  }
  // The client prints a malformed packet for an empty object.
  return Object.keys(userProperties).length === 0 ? properties : { ...properties, userProperties };
}

function set(headers: Record<string, string>, name: string, value: string | undefined): void {
  if (value !== undefined) headers[name] = value;
}

function parseQos(text: '0' | '1' | '2'): 0 | 1 | 2 {
  return text === '0' ? 0 : text === '1' ? 1 : 2;
}

function expiry(text: string): Properties {
  return /^\d{1,9}$/.test(text) ? { messageExpiryInterval: Number(text) } : {};
}
