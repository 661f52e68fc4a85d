import { randomUUID } from 'node:crypto';
import { BROKERS } from '../support/brokers/index.js';
import { startCluster } from '../support/cluster.js';
import type { StartedCluster } from '../support/cluster.js';
import { describeConnection } from './cases/describe-connection.js';
import { describeFlows, honoSettings } from './cases/flow-cases.js';
import { describeReplicas } from './cases/replica-cases.js';

let cluster: StartedCluster;

beforeAll(async () => {
  const environment = { GEMEL_MQTT_SOURCES: `unused-${randomUUID()}/#`, GEMEL_MQTT_TARGET: '', ...honoSettings() };
  cluster = await startCluster({ replicas: 2, environment });
}, 120_000);

afterAll(async () => {
  expect(cluster.died()).toEqual([]);
  await cluster.remove();
}, 60_000);

const started = () => ({ urls: () => cluster.urls('things'), log: () => cluster.log() });

for (const [name, traits] of Object.entries(BROKERS))
  describeConnection(`a connection over ${name}, at any replica`, traits, started);

describeFlows(() => cluster);
describeReplicas(() => cluster);
