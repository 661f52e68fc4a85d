import { withSolo } from '../support/gemel.js';
import { GRAFANA_SCENARIOS } from './grafana-app.js';

describe("OpenTwins' Grafana app on solo", () => {
  it('gets what it expects, whatever it asks for', async () => {
    const played: string[] = [];
    await withSolo(async (gemel) => {
      for (const [area, play] of GRAFANA_SCENARIOS) {
        await play(gemel);
        played.push(area);
      }
    });
    expect(played).toEqual(GRAFANA_SCENARIOS.map(([area]) => area));
  }, 60_000);
});
