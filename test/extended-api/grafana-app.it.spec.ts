import { withCluster } from '../support/gemel.js';
import { GRAFANA_SCENARIOS } from './grafana-app.js';

describe("OpenTwins' Grafana app on a cluster of two replicas", () => {
  it('gets what it expects, whichever replica answers', async () => {
    const played: string[] = [];
    await withCluster(async (gemel) => {
      for (const [area, play] of GRAFANA_SCENARIOS) {
        await play(gemel);
        played.push(area);
      }
    });
    expect(played).toEqual(GRAFANA_SCENARIOS.map(([area]) => area));
  }, 300_000);
});
