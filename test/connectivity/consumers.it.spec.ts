import { randomUUID } from 'node:crypto';
import { eventually } from '@gemel/testkit/waiting';
import { brokerNamed, protocolMessages } from '../support/brokers/index.js';
import type { StartedCluster } from '../support/cluster.js';
import { removeConnectingCluster, startConnectingCluster, startedOf } from '../support/connecting-cluster.js';
import { commandOn } from '../support/opened-connection.js';
import { Operated } from '../support/operated.js';
import { startSharedSolo } from '../support/solo.js';
import type { Solo } from '../support/solo.js';

const THINGS = 5;
const CHANGES = 100;
const PATIENCE_MS = 30_000;
const authorizationContext = ['nginx:ditto'];

/** Consumers that each of the clients has: those that Kafka's two partitions do not need, and all there are of MQTT, are one. */
const CONSUMERS: Readonly<Record<string, number>> = { 'AMQP 0.9.1': 3, 'AMQP 1.0': 3, Kafka: 3, 'MQTT 5': 1 };

function describeConsumers(started: () => Operated, isUndisturbed: boolean): void {
  it.each(Object.entries(CONSUMERS))(
    'of a source over %s',
    async (name, consumers) => {
      const gemel = started();
      const namespace = `n${randomUUID().slice(0, 8)}`;
      const broker = await brokerNamed(name).open(namespace);
      const [inbox, outbox] = [await broker.inbox?.('in'), await broker.outbox('events')];
      if (inbox === undefined) throw new Error('something comes in');
      const things = Array.from({ length: THINGS }, (_, index) => `thing-${String(index)}`);
      for (const thing of things) await gemel.call('PUT', `/api/2/things/${namespace}:${thing}`, {});
      const id = await gemel.create({
        ...broker.connection,
        sources: [{ addresses: [inbox.address], consumerCount: 3, qos: 1, authorizationContext }],
        targets: [
          {
            address: outbox.address('{{ thing:name }}'),
            topics: [`_/_/things/twin/events?namespaces=${namespace}`],
            qos: 1,
            authorizationContext,
          },
        ],
      });
      const { sourceStatus } = await gemel.statusIs(id, 'open');
      expect(sourceStatus.map(({ address, status }) => [address, status])).toEqual(
        Array.from({ length: consumers }, () => [inbox.address, 'open']),
      );
      const seen = broker.consumers?.bind(broker);
      if (seen !== undefined)
        await eventually(
          () => seen(inbox.address),
          (count) => count === consumers,
          PATIENCE_MS,
        );

      const numbers = Array.from({ length: CHANGES }, (_, index) => index);
      await Promise.all(
        numbers.flatMap((n) =>
          things.map((thing) =>
            inbox.send(thing, commandOn(namespace, thing, 'modify', { path: '/attributes/n', value: n })),
          ),
        ),
      );
      const valuesOf = (thing: string) =>
        protocolMessages(outbox.received).flatMap(({ topic, path, value }) =>
          topic.startsWith(`${namespace}/${thing}/`) && path === '/attributes/n' ? [value] : [],
        );
      const values = await eventually(
        () => Promise.resolve(things.map(valuesOf)),
        (all) => all.every(({ length }) => length >= CHANGES),
        PATIENCE_MS,
      );
      // A group of Kafka that changes, or a process that is given another's client, may have some sent again.
      expect(values.map((all) => [...new Set(all)])).toEqual(things.map(() => numbers));
      if (isUndisturbed && name !== 'Kafka')
        expect(values.map(({ length }) => length)).toEqual(things.map(() => CHANGES));
      await gemel.delete(id);
      await broker.close();
    },
    120_000,
  );
}

describe('several consumers, each message once and in the order of its thing, in one process', () => {
  let solo: Solo;

  beforeAll(async () => {
    solo = await startSharedSolo();
  });
  afterAll(async () => {
    expect(await solo.stop()).toBe(0);
  });

  describeConsumers(() => new Operated({ urls: () => [solo.http], log: solo.log }), true);
});

describe('several consumers, each message once and in the order of its thing, in a cluster', () => {
  let cluster: StartedCluster;

  beforeAll(async () => {
    cluster = await startConnectingCluster();
  });
  afterAll(() => removeConnectingCluster(cluster), 60_000);

  describeConsumers(() => new Operated(startedOf(() => cluster)), false);
});
