import { withCluster } from '../support/gemel.js';
import { QUICKSTART_SCENARIOS } from './quickstart.js';

describe("OpenTwins' quickstart on a cluster of two replicas", () => {
  it('shows what the devices send, whichever replica answers', async () => {
    const played: string[] = [];
    await withCluster(async (gemel) => {
      for (const [example, play] of QUICKSTART_SCENARIOS) {
        await play(gemel);
        played.push(example);
      }
    });
    expect(played).toEqual(QUICKSTART_SCENARIOS.map(([example]) => example));
  }, 300_000);
});
