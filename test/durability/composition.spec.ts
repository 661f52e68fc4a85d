import { eventually } from '@gemel/testkit/waiting';
import { TWINS_OF_INSTANCE, createPlantTypes, instantiate, twinsByInstance } from '../support/instances.js';
import { fsck } from '../support/fsck.js';
import { startSolo, withFolder } from '../support/solo.js';
import type { Solo } from '../support/solo.js';

const ROUNDS = 10;
const INSTANCES = 20;
const CLIENTS = 4;
/** Confirmed instances before the power cut; differs from round to round so that it strikes in different places. */
const instancesBeforeCut = (round: number) => 1 + ((round * 7) % (INSTANCES - 6));

it(
  `has no half tree after ${String(ROUNDS)} times kill -9 amid ${String(ROUNDS * INSTANCES)} instantiations`,
  () =>
    withFolder(async (folder) => {
      let solo = await startSolo(folder);
      await createPlantTypes(solo, 'cut');
      let unconfirmed = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const names = Array.from({ length: INSTANCES }, (_, index) => `r${String(round)}-${String(index)}`);
        const confirmed = new Set<string>();
        const making = makeAll(solo, names, confirmed);
        await eventually(
          () => Promise.resolve(confirmed.size),
          (count) => count >= instancesBeforeCut(round),
        );
        await solo.kill();
        await making;

        solo = await startSolo(folder);
        const found = await twinsByInstance(solo, 'cut', `r${String(round)}-`);
        expect(new Set(found.values())).toEqual(new Set([TWINS_OF_INSTANCE]));
        expect([...found.keys()]).toEqual(expect.arrayContaining([...confirmed]));
        unconfirmed += INSTANCES - confirmed.size;
      }
      expect(await solo.stop()).toBe(0);
      expect(await fsck({ GEMEL_DATA_DIR: folder })).toMatchObject({ status: 0 });
      // Else nothing was under way when the power was cut.
      expect(unconfirmed).toBeGreaterThan(0);
    }),
  240_000,
);

async function makeAll(solo: Solo, names: readonly string[], confirmed: Set<string>): Promise<void> {
  const waiting = [...names];
  const client = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const answer = await instantiate(solo, 'cut', name);
      if (answer?.status === 201) confirmed.add(name);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}
