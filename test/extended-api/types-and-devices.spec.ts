import { withSolo } from '../support/gemel.js';
import { playTypesAndDevices } from './types-and-devices.js';

describe('types that hold devices, on solo', () => {
  it('refuse and warn over HTTP and MQTT alike', async () => {
    let played = 0;
    await withSolo(async (gemel) => {
      await playTypesAndDevices(gemel);
      played += 1;
    });
    expect(played).toBe(1);
  }, 60_000);
});
