import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@gemel/testkit/waiting';
import { brokerNamed, textOf } from '../support/brokers/index.js';
import type { Broker } from '../support/brokers/index.js';
import type { StartedCluster } from '../support/cluster.js';
import { removeConnectingCluster, startConnectingCluster, startedOf } from '../support/connecting-cluster.js';
import { ConnectionFaultTable } from '../support/connection-fault-table.js';
import { ConnectionLoad } from '../support/connection-load.js';
import { LeaseLog } from '../support/lease-log.js';
import type { Holder } from '../support/lease-log.js';
import { Operated } from '../support/operated.js';

const FLOW = 20;
const LETTERS = 100;
const PAUSE_MS = 20;
/** Replicas must be the same for a while before anything moves. */
const SHARED_WITHIN_MS = 40_000;
const PATIENCE_MS = 30_000;
const RECOVERED_WITHIN_S = 30;
const SUBJECTS = ['nginx:ditto'];

let cluster: StartedCluster;
let leases: LeaseLog;
let gemel: Operated;
let load: ConnectionLoad | undefined;
const brokers: Broker[] = [];
const ids: string[] = [];
const table = new ConnectionFaultTable('shared-clients');

beforeAll(async () => {
  cluster = await startConnectingCluster({ GEMEL_LOG_LEVEL: 'info' });
  leases = new LeaseLog(cluster);
  gemel = new Operated(startedOf(() => cluster));
});

afterEach(async () => {
  await load?.close();
  load = undefined;
  for (const id of ids.splice(0)) await gemel.delete(id);
  for (const broker of brokers.splice(0)) await broker.close();
});

afterAll(async () => {
  table.finish();
  await removeConnectingCluster(cluster);
});

/** Resolves when both clients of a connection are open and so many processes have them. */
function sharedBy(id: string, processes: number): Promise<unknown> {
  return eventually(
    () => gemel.status(id),
    ({ liveStatus, clientStatus }) =>
      liveStatus === 'open' &&
      clientStatus.length === 2 &&
      new Set(clientStatus.map(({ client }) => client)).size === processes,
    SHARED_WITHIN_MS,
  );
}

describe('a connection with two clients, over Kafka', () => {
  it('is shared by both processes, by the one that is left, and by both again, and loses nothing', async () => {
    const addresses = { KAFKA_BROKERS: process.env['KAFKA_BROKERS'] };
    const way = (place: Broker['connection']) => ({ ...place, clientCount: 2 });
    load = await ConnectionLoad.open(gemel, brokerNamed('Kafka').open, { addresses, way });
    await sharedBy(load.id, 2);
    load.start();
    await load.flow(FLOW);
    const since = Date.now();
    await cluster.kill('ingest', 0);
    const recovery = await load.recovery(since);
    await sharedBy(load.id, 1);
    await load.flow(FLOW);
    await cluster.restart('ingest', 0);
    await sharedBy(load.id, 2);
    await load.flow(FLOW);
    await load.stop();
    const verdict = await load.verdict();
    const fault = 'kill -9 of one of two processes that share it, and its return';
    table.add({ broker: 'Kafka', fault, ...verdict, ...recovery });
    expect(verdict).toMatchObject({ lost: 0, outOfOrder: 0 });
    expect(Math.max(recovery.device, recovery.event)).toBeLessThan(RECOVERED_WITHIN_S);
  }, 300_000);
});

describe('dead letters that go to a connection that another process has', () => {
  const holders = new Map<string, Holder>();
  const create = async (definition: Parameters<Operated['create']>[0]): Promise<number> => {
    const id = await gemel.create(definition);
    ids.push(id);
    await gemel.statusIs(id, 'open');
    const holder = await leases.holder(`connection:${id}`, (holders.get(id)?.token ?? -1) + 1);
    holders.set(id, holder);
    return holder.index;
  };
  const remove = async (id: string): Promise<void> => {
    ids.splice(ids.indexOf(id), 1);
    await gemel.delete(id);
  };

  it('all come, also those of the time when that process is killed', async () => {
    const namespace = `d${randomUUID().slice(0, 8)}`;
    const [mqtt, kafka] = [await brokerNamed('MQTT 5').open(namespace), await brokerNamed('Kafka').open(namespace)];
    brokers.push(mqtt, kafka);
    const [inbox, outbox] = [await mqtt.inbox?.('in'), await kafka.outbox('letters')];
    if (inbox === undefined) throw new Error('MQTT has sources');
    const [from, to] = [`from-${namespace}`, `to-${namespace}`];
    const letters = {
      ...kafka.connection,
      specificConfig: {
        ...kafka.connection.specificConfig,
        'is-diversion-target': 'true',
        'authorized-connections-as-sources': from,
      },
      targets: [{ address: outbox.address('x'), topics: [], qos: 1, authorizationContext: SUBJECTS }],
    };
    const sourceHolder = await create({
      ...mqtt.connection,
      id: from,
      sources: [
        {
          addresses: [inbox.address],
          qos: 1,
          authorizationContext: SUBJECTS,
          deadLetterTarget: { connection: to, address: outbox.address('x') },
        },
      ],
    });
    let letterHolder = await create({ ...letters, id: to });
    // Whoever is first holds a new connection, until it has its share of all.
    while (letterHolder === sourceHolder) {
      await remove(to);
      await create({ ...letters, id: `beside-${randomUUID()}` });
      letterHolder = await create({ ...letters, id: to });
    }
    for (let n = 0; n < LETTERS; n++) {
      await inbox.send('sensor', `not a command ${String(n)}`);
      if (n === LETTERS / 2) await cluster.kill('ingest', letterHolder);
      await pause(PAUSE_MS);
    }
    const texts = Array.from({ length: LETTERS }, (_, n) => `not a command ${String(n)}`);
    const missing = () => {
      const seen = new Set(outbox.received.map(textOf));
      return Promise.resolve(texts.filter((each) => !seen.has(each)));
    };
    expect(await eventually(missing, ({ length }) => length === 0, PATIENCE_MS)).toEqual([]);
    const next = await leases.holder(`connection:${to}`);
    expect(next.index).toBe(sourceHolder);
    await cluster.restart('ingest', letterHolder);
  });
});
