import { startCluster } from '../support/cluster.js';
import type { StartedCluster } from '../support/cluster.js';
import { describeCompositions } from './cases/composition-cases.js';
import { describeImportJobs } from './cases/import-job-cases.js';
import { describeTrees } from './cases/tree-cases.js';

let cluster: StartedCluster;
const started = () => cluster;

beforeAll(async () => {
  cluster = await startCluster({ replicas: 2, apps: ['things', 'extended-api'] });
});
afterAll(async () => {
  expect(Object.values(await cluster.stop())).toEqual([0, 0, 0, 0]);
});

describe('compositions of two replicas of extended-api', () => {
  describeCompositions(started);
});

describe('a replica of extended-api that ends while it makes trees of twins', () => {
  describeTrees(started);
});

describe('import jobs of two replicas of extended-api', () => {
  describeImportJobs(started);
});
