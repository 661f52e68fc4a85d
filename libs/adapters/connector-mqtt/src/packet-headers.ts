import type { OutboundMessage } from '@gemel/application/ports';
import type { Qos } from '@gemel/model/connections';
import type { IClientPublishOptions } from 'mqtt';
import type { IPublishPacket } from 'mqtt-packet';

import type { PublishProperties } from './publish-packet.js';

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

/** A header may say it for one message. */
export function qosOf({ headers, qos }: OutboundMessage): Qos {
  const wanted = headers['mqtt.qos'];
  return wanted === '0' ? 0 : wanted === '1' ? 1 : wanted === '2' ? 2 : qos;
}

/** Headers that are not about MQTT itself need MQTT 5 to go along. */
export function publishProperties(headers: Readonly<Record<string, string>>): PublishProperties {
  const expiry = headers['mqtt.message-expiry-interval'];
  const userProperties: [name: string, value: string][] = [];
  // As every message goes through here, without a list of all.
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && !isOfPacket(name)) userProperties.push([name, value]);
  }
  return {
    contentType: headers['content-type'],
    responseTopic: headers['reply-to'],
    correlationData: headers['correlation-id'],
    messageExpiryInterval: expiry !== undefined && /^\d{1,9}$/.test(expiry) ? Number(expiry) : undefined,
    userProperties,
  };
}

/** The same for the client of the library. */
export function clientProperties(properties: PublishProperties): NonNullable<IClientPublishOptions['properties']> {
  const { userProperties, correlationData, ...others } = properties;
  const given = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
  return {
    ...given,
    ...(correlationData === undefined ? undefined : { correlationData: Buffer.from(correlationData) }),
    // The client prints a malformed packet for an empty object.
    ...(userProperties.length === 0 ? undefined : { userProperties: Object.fromEntries(userProperties) }),
  };
}

function isOfPacket(name: string): boolean {
  return name === 'content-type' || name === 'reply-to' || name.startsWith('mqtt.');
}

function set(headers: Record<string, string>, name: string, value: string | undefined): void {
  if (value !== undefined) headers[name] = value;
}
