import { randomUUID } from 'node:crypto';

import type { InboundHandler } from '@gemel/application/ports';
import {
  describeConnecting,
  describeConnector,
  describeExternalConnector,
  openReplicas,
} from '@gemel/testkit/contracts';
import type { Delivery, OpenedExternalConnector } from '@gemel/testkit/contracts';
import { requiredVariable } from '@gemel/testkit/network';
import { connectAsync } from 'mqtt';

import { mqttConnector } from './mqtt-connector.js';

const broker = new URL(requiredVariable('MQTT_URL'));
const server = { host: broker.hostname, port: Number(broker.port) };
const connector = mqttConnector({ firstPauseMs: 1, longestPauseMs: 10 });

async function open(type: string, handler: InboundHandler): Promise<OpenedExternalConnector> {
  const base = `gemel-test/${randomUUID()}`;
  const id = `test-${randomUUID()}`;
  const authorizationContext = ['nginx:ditto'];
  const replicas = await openReplicas({
    connector,
    json: {
      id,
      connectionType: type,
      uri: broker.href,
      sources: [{ addresses: [`${base}/in/#`], qos: 1, authorizationContext }],
      targets: [{ address: `${base}/out`, topics: ['_/_/things/twin/events'], qos: 1, authorizationContext }],
      specificConfig: { reconnectForRedeliveryDelay: '1ms' },
    },
    handler,
    broker: server,
    patienceMs: 5_000,
  });
  const others = await connectAsync(broker.href, { clientId: `others-${randomUUID()}` });
  return {
    ...replicas,
    inbox: `${base}/in`,
    outbox: `${base}/out`,
    send: async (address, payload) => {
      await others.publishAsync(address, Buffer.from(payload), { qos: 1 });
    },
    consume: async () => {
      const deliveries: Delivery[] = [];
      others.on('message', (address, payload) => deliveries.push({ address, payload }));
      await others.subscribeAsync(`${base}/out/#`, { qos: 1 });
      return deliveries;
    },
    close: async () => {
      await replicas.kill();
      await forgetSession(type, `gemel-${id}`);
      await others.endAsync();
    },
  };
}

/** The broker keeps sessions for a week. */
async function forgetSession(type: string, clientId: string): Promise<void> {
  const client = await connectAsync(broker.href, { clientId, clean: true, protocolVersion: type === 'mqtt-5' ? 5 : 4 });
  await client.endAsync();
}

describe.each(['mqtt', 'mqtt-5'])('type %s', (type) => {
  describeConnector('the MQTT connector', (handler) => open(type, handler));
  describeExternalConnector('the MQTT connector', (handler) => open(type, handler));
  describeConnecting('the MQTT connector', {
    connector,
    server,
    json: {
      connectionType: type,
      sources: [{ addresses: ['gemel-test-connecting'], qos: 0, authorizationContext: ['nginx:ditto'] }],
      specificConfig: { cleanSession: true },
    },
    schemes: { plain: 'tcp', secure: 'ssl' },
  });
});
