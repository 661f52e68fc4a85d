import { BROKERS } from '../support/brokers/index.js';
import type { StartedCluster } from '../support/cluster.js';
import { removeConnectingCluster, startConnectingCluster, startedOf } from '../support/connecting-cluster.js';
import { describeConnection } from './cases/describe-connection.js';
import { describeFlows, honoSettings } from './cases/flow-cases.js';
import { describeReplicas } from './cases/replica-cases.js';

let cluster: StartedCluster;

beforeAll(async () => {
  cluster = await startConnectingCluster(honoSettings());
}, 120_000);

afterAll(() => removeConnectingCluster(cluster), 60_000);

const started = () => startedOf(() => cluster);

for (const [name, traits] of Object.entries(BROKERS))
  describeConnection(`a connection over ${name}, at any replica`, traits, started);

describeFlows(() => cluster);
describeReplicas(() => cluster);
