import { withCluster } from '../support/gemel.js';
import { playTypesAndDevices } from './types-and-devices.js';

describe('types that hold devices, on a cluster of two replicas', () => {
  it('refuse and warn over HTTP and MQTT alike, whichever replica answers', async () => {
    let played = 0;
    await withCluster(async (gemel) => {
      await playTypesAndDevices(gemel);
      played += 1;
    });
    expect(played).toBe(1);
  }, 180_000);
});
