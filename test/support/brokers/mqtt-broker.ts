import mqtt from 'mqtt';
import type { IPublishPacket } from 'mqtt';
import { requiredVariable } from '@gemel/testkit/network';
import type { Broker, OpenBroker, Received } from './broker.js';

/** Longer than any test. */
const KEPT_FOR_S = 3_600;

/** Mosquitto, or whatever `MQTT_URL` names. */
export const mqttBroker =
  (type: 'mqtt' | 'mqtt-5'): OpenBroker =>
  async (namespace, addresses): Promise<Broker> => {
    const url = new URL(requiredVariable('MQTT_URL', addresses));
    const isVersion5 = type === 'mqtt-5';
    const session = { clientId: `others-${namespace}`, protocolVersion: isVersion5 ? 5 : 4 } as const;
    // The broker keeps what comes while a test has it away, over MQTT 5 only for as long as it is asked to.
    const kept = { clean: false, ...(isVersion5 && { properties: { sessionExpiryInterval: KEPT_FOR_S } }) };
    const client = await mqtt.connectAsync(url.href, { ...session, ...kept, reconnectPeriod: 100 });
    client.on('error', () => undefined);
    const outboxes = new Map<string, Received[]>();
    client.on('message', (topic, payload, packet) => {
      const [, name = ''] = topic.split('/');
      outboxes.get(name)?.push({ address: topic, payload, headers: headersOf(packet) });
    });
    const account = url.password === '' ? '' : `${url.username}:${url.password}@`;
    return {
      connection: {
        connectionType: type,
        uri: `tcp://${account}${url.host}`,
        specificConfig: { clientId: `gemel-${namespace}`, reconnectForRedeliveryDelay: '1s' },
      },
      takenStatus: 200,
      enforcement: (name) => ({
        input: '{{ source:address }}',
        filters: [`${namespace}/${name}/{{ thing:name }}`],
      }),
      inbox: async (name) => ({
        address: `${namespace}/${name}/#`,
        send: async (key, payload, headers = {}) => {
          const properties = isVersion5 ? { properties: propertiesOf(headers) } : undefined;
          await client.publishAsync(`${namespace}/${name}/${key}`, Buffer.from(payload), { qos: 1, ...properties });
        },
      }),
      outbox: async (name, pauseMs = 0) => {
        const received: Received[] = [];
        // It confirms a message, and reads on, when it has been called back.
        if (pauseMs > 0) client.handleMessage = (_packet, done) => void setTimeout(done, pauseMs);
        outboxes.set(name, received);
        await client.subscribeAsync(`${namespace}/${name}/#`, { qos: 1 });
        return { address: (tail) => `${namespace}/${name}/${tail}`, received };
      },
      close: async (forgets = true) => {
        await client.endAsync(true);
        if (!forgets) return;
        for (const clientId of [session.clientId, `gemel-${namespace}`]) {
          const again = await mqtt.connectAsync(url.href, { ...session, clientId, clean: true });
          await again.endAsync();
        }
      },
    };
  };

function propertiesOf(headers: Readonly<Record<string, string>>): NonNullable<IPublishPacket['properties']> {
  const { 'content-type': contentType, 'reply-to': responseTopic, ...userProperties } = headers;
  return {
    // mqtt.js never sends a packet with an empty set of them.
    ...(Object.keys(userProperties).length === 0 ? undefined : { userProperties }),
    ...(contentType === undefined ? undefined : { contentType }),
    ...(responseTopic === undefined ? undefined : { responseTopic }),
  };
}

function headersOf({ properties }: IPublishPacket): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(properties?.userProperties ?? {}))
    headers[name.toLowerCase()] = String(value);
  if (properties?.contentType !== undefined) headers['content-type'] = properties.contentType;
  return headers;
}
