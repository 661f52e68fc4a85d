import { parseSubjectId } from '@gemel/model/policies';
import { describeConnector } from '@gemel/testkit/contracts';
import type { Delivery } from '@gemel/testkit/contracts';
import { connectAsync } from 'mqtt';

import { openEmbeddedBroker } from './embedded-broker.js';

const subject = parseSubjectId('nginx:ditto');
const log = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

describeConnector('the embedded broker', async (onMessage) => {
  const broker = await openEmbeddedBroker({
    host: '127.0.0.1',
    port: 0,
    authenticate: () => ({ subjects: [subject] }),
    onMessage,
    topics: { sources: ['in/#'], targets: ['out/#'], receivers: [subject] },
    log,
  });
  const url = `mqtt://any:any@127.0.0.1:${broker.port}`;
  // A sender that is disconnected comes again and sends what was not confirmed.
  const device = await connectAsync(url, { clean: false, clientId: 'device', reconnectPeriod: 1 });
  const consumer = await connectAsync(url, { clientId: 'consumer', reconnectPeriod: 0 });
  return {
    publisher: broker,
    inbox: 'in',
    outbox: 'out',
    send: async (address, payload) => {
      await device.publishAsync(address, Buffer.from(payload), { qos: 1 });
    },
    consume: async () => {
      const deliveries: Delivery[] = [];
      consumer.on('message', (address, payload) => deliveries.push({ address, payload }));
      await consumer.subscribeAsync('out/#', { qos: 1 });
      return deliveries;
    },
    closeConnector: () => broker.close(),
    close: async () => {
      device.end(true);
      consumer.end(true);
      await broker.close();
    },
  };
});
