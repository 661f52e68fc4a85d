import { BROKERS } from '../support/brokers/index.js';
import type { StartedCluster } from '../support/cluster.js';
import { removeConnectingCluster, startConnectingCluster, startedOf } from '../support/connecting-cluster.js';
import { ScriptModules } from '../support/script-modules.js';
import { describeConnection } from './cases/describe-connection.js';
import { describeFlows, honoSettings } from './cases/flow-cases.js';
import { describeReplicas } from './cases/replica-cases.js';
import { describeScripts } from './cases/script-cases.js';

const modules = new ScriptModules();
let cluster: StartedCluster;

beforeAll(async () => {
  cluster = await startConnectingCluster({ ...honoSettings(), ...modules.settings });
});

afterAll(async () => {
  modules.remove();
  await removeConnectingCluster(cluster);
});

const started = () => startedOf(() => cluster);

for (const [name, traits] of Object.entries(BROKERS))
  describeConnection(`a connection over ${name}, at any replica`, traits, started);

describeScripts(started);
describeFlows(() => cluster);
describeReplicas(() => cluster);
