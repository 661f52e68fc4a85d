import { startCluster } from '../support/cluster.js';
import type { StartedCluster } from '../support/cluster.js';
import { gemelOf } from '../support/gemel.js';
import type { Gemel } from '../support/gemel.js';
import { GRAFANA_SCENARIOS } from '../extended-api/grafana-app.js';
import { QUICKSTART_SCENARIOS } from '../extended-api/quickstart.js';
import { CLIENT_SCENARIOS } from '../twin-api/scenarios.js';

type Scenarios = readonly (readonly [name: string, play: (gemel: Gemel) => Promise<void>])[];

let cluster: StartedCluster;

beforeAll(async () => {
  cluster = await startCluster({ replicas: 2 });
});
afterAll(async () => {
  expect(new Set(Object.values(await cluster.stop()))).toEqual(new Set([0]));
});

describe("Ditto's JavaScript client on a cluster of two replicas", () => {
  plays(CLIENT_SCENARIOS);

  it('plays each kind of what the client can do', () => {
    expect(CLIENT_SCENARIOS.map(([name]) => name)).toEqual(['things', 'features', 'policies', 'search']);
  });
});

describe("OpenTwins' Grafana app on a cluster of two replicas", () => {
  plays(GRAFANA_SCENARIOS);
});

describe("OpenTwins' quickstart on a cluster of two replicas", () => {
  plays(QUICKSTART_SCENARIOS);
});

/** In this order: the later ones go on with what the earlier ones have made. */
function plays(scenarios: Scenarios): void {
  it.each(scenarios)(
    'plays %s, whichever replica answers',
    async (_name, play) => {
      await play(gemelOf(cluster));
      expect(cluster.died()).toEqual([]);
    },
    300_000,
  );
}
