import { randomUUID } from 'node:crypto';
import { eventually } from '@gemel/testkit/waiting';
import { call } from '../../support/api.js';
import { brokerNamed, protocolMessages } from '../../support/brokers/index.js';
import type { Broker } from '../../support/brokers/index.js';
import type { StartedCluster } from '../../support/cluster.js';
import { startedOf } from '../../support/connecting-cluster.js';
import { Operated } from '../../support/operated.js';

const SUBJECTS = ['nginx:ditto'];
const PATIENCE_MS = 30_000;
const OPERATOR = { authorization: `Basic ${btoa('devops:foobar')}` };
const THINGS = 4;
const CHANGES = 10;

/** What connections promise where several replicas share them, and one dies. The last case kills one and starts it again. */
export function describeReplicas(cluster: () => StartedCluster): void {
  describe('several replicas', () => {
    let gemel: Operated;
    let namespace = '';
    const brokers: Broker[] = [];
    const ids: string[] = [];
    const names = Array.from({ length: THINGS }, (_, n) => `car-${String(n)}`);

    const open = async (transport: string): Promise<Broker> => {
      const broker = await brokerNamed(transport).open(namespace);
      brokers.push(broker);
      return broker;
    };
    const create = async (connection: Parameters<Operated['create']>[0]): Promise<string> => {
      const id = await gemel.create(connection);
      ids.push(id);
      await gemel.statusIs(id, 'open');
      return id;
    };
    /** Where its clients are. */
    const holders = async (id: string) => (await gemel.status(id)).clientStatus.map(({ client }) => client);
    /** Which of the processes has it open. */
    const holderOf = async (id: string): Promise<number> => {
      const seen = await Promise.all(
        cluster()
          .urls('ingest')
          .map(async (http) => (await call({ http }, 'GET', '/devops/connections', undefined, OPERATOR)).body),
      );
      return seen.findIndex((body) =>
        parseSeen(body).some((each) => each.connectionId === id && each.clientStatus.length > 0),
      );
    };
    const modify = (name: string, path: string, value: unknown, headers = {}) =>
      JSON.stringify({ topic: `${namespace}/${name}/things/twin/commands/modify`, path, value, headers });

    beforeEach(async () => {
      gemel = new Operated(startedOf(cluster));
      namespace = `r${randomUUID().replaceAll('-', '').slice(0, 10)}`;
      for (const name of names) await gemel.call('PUT', `/api/2/things/${namespace}:${name}`, {});
    });
    afterEach(async () => {
      for (const id of ids.splice(0)) await gemel.delete(id);
      for (const broker of brokers.splice(0)) await broker.close();
    });

    it('share the clients of a connection: each message once, the events of each thing once and in order', async () => {
      const kafka = await open('Kafka');
      const inbox = await kafka.inbox?.('in');
      if (inbox === undefined) throw new Error('Kafka has sources');
      const events = await kafka.outbox('out');
      const topics = [`_/_/things/twin/events?namespaces=${namespace}&filter=exists(attributes/n)`];
      const id = await create({
        ...kafka.connection,
        clientCount: 2,
        sources: [{ addresses: [inbox.address], qos: 1, authorizationContext: SUBJECTS }],
        targets: [{ address: events.address('{{ thing:name }}'), topics, qos: 1, authorizationContext: SUBJECTS }],
      });
      const clients = await eventually(
        () => holders(id),
        (all) => all.length === 2,
        PATIENCE_MS,
      );
      expect(new Set(clients).size).toBe(2);
      for (let n = 1; n <= CHANGES; n++) {
        for (const name of names) {
          await gemel.call('PUT', `/api/2/things/${namespace}:${name}/attributes/n`, n);
          await inbox.send(name, modify(name, `/attributes/m${String(n)}`, n));
        }
      }
      const valuesOf = (name: string) =>
        protocolMessages(events.received)
          .filter(({ topic, path }) => topic.startsWith(`${namespace}/${name}/`) && path === '/attributes/n')
          .map(({ value }) => value);
      await eventually(
        () => Promise.resolve(names.map((name) => valuesOf(name))),
        (all) => all.every((values) => values.includes(CHANGES)),
        PATIENCE_MS,
      );
      const all = Array.from({ length: CHANGES }, (_, n) => n + 1);
      for (const name of names) expect([...new Set(valuesOf(name))]).toEqual(all);
      await eventually(
        () => gemel.count(id, inbox.address, 'acknowledged'),
        (count) => count >= THINGS * CHANGES,
        PATIENCE_MS,
      );
      for (const name of names) {
        const { body } = await gemel.call('GET', `/api/2/things/${namespace}:${name}/attributes`);
        expect(Object.keys(body as object)).toHaveLength(CHANGES + 1);
      }
    });

    it('bring an answer to the connection to which it is diverted, whoever has that one open', async () => {
      const [mqtt, kafka] = [await open('MQTT 5'), await open('Kafka')];
      const inbox = await mqtt.inbox?.('in');
      if (inbox === undefined) throw new Error('MQTT has sources');
      const answers = await kafka.outbox('answers');
      const from = `it-${randomUUID().slice(0, 8)}`;
      const to = await create({
        ...kafka.connection,
        specificConfig: {
          ...kafka.connection.specificConfig,
          'is-diversion-target': 'true',
          'authorized-connections-as-sources': from,
        },
        targets: [{ address: answers.address('x'), topics: [], qos: 1, authorizationContext: SUBJECTS }],
      });
      await create({
        ...mqtt.connection,
        id: from,
        specificConfig: { ...mqtt.connection.specificConfig, 'is-diversion-source': 'true' },
        sources: [
          {
            addresses: [inbox.address],
            qos: 1,
            authorizationContext: SUBJECTS,
            headerMapping: { 'divert-response-to-connection': to },
          },
        ],
      });
      const hasAll = (all: readonly { readonly headers: Readonly<Record<string, unknown>> }[]) =>
        ['taken', 'refused'].every((id) => all.some(({ headers }) => headers['correlation-id'] === id));
      // Answers are brought to whoever listens at the time.
      const told = await eventually(
        async () => {
          await inbox.send(names[0] ?? '', modify(names[0] ?? '', '/attributes/n', 1, { 'correlation-id': 'taken' }));
          await inbox.send('nowhere', modify('nowhere', '/attributes/n', 1, { 'correlation-id': 'refused' }));
          await eventually(() => Promise.resolve(protocolMessages(answers.received)), hasAll, 3_000).catch(() => []);
          return protocolMessages(answers.received);
        },
        hasAll,
        PATIENCE_MS,
      );
      const statuses = told.map(({ status }) => status);
      expect(statuses.some((status) => status === 201 || status === 204)).toBe(true);
      expect(statuses).toContain(404);
      for (const { headers } of told) expect(headers['diverted-response-from']).toBe(from);
    });

    it('tell the truth about a connection when the one that has it dies: who has it, since when, and what it has counted', async () => {
      const mqtt = await open('MQTT 5');
      const inbox = await mqtt.inbox?.('in');
      if (inbox === undefined) throw new Error('MQTT has sources');
      const events = await mqtt.outbox('out');
      const topics = [`_/_/things/twin/events?namespaces=${namespace}`];
      const id = await create({
        ...mqtt.connection,
        sources: [{ addresses: [inbox.address], qos: 1, authorizationContext: SUBJECTS }],
        targets: [{ address: events.address('{{ thing:name }}'), topics, qos: 1, authorizationContext: SUBJECTS }],
      });
      const [name = ''] = names;
      const counts = (least: number) =>
        eventually(
          () => gemel.count(id, inbox.address, 'acknowledged'),
          (count) => count >= least,
          PATIENCE_MS,
        );
      for (let n = 0; n < 20; n++) await inbox.send(name, modify(name, '/attributes/n', n));
      await counts(20);
      const [dead = ''] = await holders(id);
      const diedAt = Date.now();
      const index = await holderOf(id);
      await cluster().kill('ingest', index);
      try {
        const { clientStatus } = await eventually(
          () => gemel.status(id),
          ({ liveStatus, clientStatus: clients }) =>
            liveStatus === 'open' && clients.length === 1 && clients.every(({ client }) => client !== dead),
          PATIENCE_MS,
        );
        expect(Date.parse(clientStatus[0]?.inStateSince ?? '')).toBeGreaterThan(diedAt);
        await inbox.send(name, modify(name, '/attributes/n', 'after'));
        // The dead one's counts died with it: what is told is the new one's alone.
        const count = await counts(1);
        expect(count).toBeLessThan(20);
        await eventually(
          () => Promise.resolve(protocolMessages(events.received).map(({ value }) => value)),
          (values) => values.includes('after'),
          PATIENCE_MS,
        );
        await eventually(
          () => gemel.logs(id),
          (entries) => entries.some(({ type }) => type === 'consumed'),
          PATIENCE_MS,
        );
      } finally {
        await cluster().restart('ingest', index);
      }
    });
  });
}

interface Seen {
  readonly connectionId: string;
  readonly clientStatus: readonly unknown[];
}

function parseSeen(body: unknown): readonly Seen[] {
  return body as readonly Seen[];
}
