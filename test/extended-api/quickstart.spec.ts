import { withSolo } from '../support/gemel.js';
import { QUICKSTART_SCENARIOS } from './quickstart.js';

describe("OpenTwins' quickstart on solo", () => {
  it('shows what the devices send, in the twins and by the queries of the dashboards', async () => {
    const played: string[] = [];
    await withSolo(async (gemel) => {
      for (const [example, play] of QUICKSTART_SCENARIOS) {
        await play(gemel);
        played.push(example);
      }
    });
    expect(played).toEqual(QUICKSTART_SCENARIOS.map(([example]) => example));
  }, 60_000);
});
