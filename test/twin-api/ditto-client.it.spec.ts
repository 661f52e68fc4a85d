import { withCluster } from '../support/gemel.js';
import { CLIENT_SCENARIOS } from './scenarios.js';

describe("Ditto's JavaScript client on a cluster of two replicas", () => {
  it('works as with Ditto, whichever replica answers', async () => {
    const played: string[] = [];
    await withCluster(async (gemel) => {
      for (const [name, play] of CLIENT_SCENARIOS) {
        await play(gemel);
        played.push(name);
      }
    });
    expect(played).toEqual(['things', 'features', 'policies', 'search']);
  }, 300_000);
});
