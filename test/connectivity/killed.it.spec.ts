import { brokerNamed } from '../support/brokers/index.js';
import type { StartedCluster } from '../support/cluster.js';
import { removeConnectingCluster, startConnectingCluster, startedOf } from '../support/connecting-cluster.js';
import { ConnectionFaultTable } from '../support/connection-fault-table.js';
import { ConnectionLoad } from '../support/connection-load.js';
import { LeaseLog } from '../support/lease-log.js';
import { Operated } from '../support/operated.js';

const FLOW = 20;
const TAKEN_OVER_WITHIN_S = 10;
/** Artemis and RabbitMQ must notice that somebody has gone; the machine has both halves of everything. */
const RECOVERED_WITHIN_S = 60;
const VARIABLES = ['MQTT_URL', 'RABBITMQ_URL', 'ARTEMIS_URL', 'KAFKA_BROKERS'];

let cluster: StartedCluster;
let leases: LeaseLog;
let gemel: Operated;
let load: ConnectionLoad | undefined;
const table = new ConnectionFaultTable('killed');

beforeAll(async () => {
  cluster = await startConnectingCluster({ GEMEL_LOG_LEVEL: 'info' });
  leases = new LeaseLog(cluster);
  gemel = new Operated(startedOf(() => cluster));
});

afterEach(async () => {
  await load?.close();
  load = undefined;
});

afterAll(async () => {
  table.finish();
  await removeConnectingCluster(cluster);
});

describe.each(['MQTT 3.1.1', 'MQTT 5', 'AMQP 0.9.1', 'AMQP 1.0', 'Kafka'])('a connection over %s', (broker) => {
  it('loses nothing and keeps the order when the process that has it is killed under load', async () => {
    const addresses = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name] ?? '']));
    load = await ConnectionLoad.open(gemel, brokerNamed(broker).open, { addresses });
    load.start();
    await load.flow(FLOW);
    const lease = `connection:${load.id}`;
    const holder = await leases.holder(lease);
    const since = Date.now();
    await cluster.kill('ingest', holder.index);
    const recovery = await load.recovery(since);
    const next = await leases.holder(lease, holder.token + 1);
    await cluster.restart('ingest', holder.index);
    await load.flow(FLOW);
    await load.stop();
    const verdict = await load.verdict();
    table.add({ broker, fault: 'kill -9 of its process', ...verdict, ...recovery });
    expect(next.index).not.toBe(holder.index);
    expect((next.at - since) / 1_000).toBeLessThan(TAKEN_OVER_WITHIN_S);
    expect(verdict).toMatchObject({ lost: 0, outOfOrder: 0 });
    expect(Math.max(recovery.device, recovery.event)).toBeLessThan(RECOVERED_WITHIN_S);
    const { liveStatus, clientStatus } = await gemel.statusIs(load.id, 'open');
    expect([liveStatus, clientStatus]).toMatchObject(['open', [{}]]);
  }, 300_000);
});
