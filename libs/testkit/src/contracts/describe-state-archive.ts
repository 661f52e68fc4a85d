import { ARCHIVED_EVERY } from '@gemel/application/ports';
import type { ArchiveBound } from '@gemel/application/ports';
import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import { policyChange, thingChange, thingDeletion } from './changes.js';
import type { OpenedStore } from './opened-store.js';

const X = parseThingId('a:x');
const P = parsePolicyId('a:x');

/** What every archive of states promises. */
export function describeStateArchive(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} as a state archive`, () => {
    let opened: OpenedStore;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    const past = (bound: ArchiveBound) => opened.archive.pastThing(X, bound);
    const write = async (from: number, to: number) => {
      for (let revision = from; revision <= to; revision++) {
        const metadata = { attributes: { n: { at: revision } } };
        const change = thingChange('a:x', revision, { n: revision });
        await opened.log.append([{ ...change, state: { ...change.state, metadata } }]);
      }
    };

    it('has nothing of an entity that never was, or is young', async () => {
      expect(await past({ revision: 1 })).toBeUndefined();
      await write(1, 3);
      expect(await past({ revision: 3 })).toBeUndefined();
    });

    it('keeps a state every so many revisions, whole, also in the middle of an append', async () => {
      await write(1, ARCHIVED_EVERY - 2);
      const rest = [-1, 0, 1].map((offset) => thingChange('a:x', ARCHIVED_EVERY + offset, { n: offset }));
      await opened.log.append(rest);
      await write(ARCHIVED_EVERY + 2, 2 * ARCHIVED_EVERY + 5);
      const second = await past({ revision: 2 * ARCHIVED_EVERY });
      expect(second).toMatchObject({
        revision: 2 * ARCHIVED_EVERY,
        thing: { attributes: { n: 2 * ARCHIVED_EVERY } },
        metadata: { attributes: { n: { at: 2 * ARCHIVED_EVERY } } },
      });
      expect(await past({ revision: 1_000_000 })).toEqual(second);
      expect(await past({ revision: 2 * ARCHIVED_EVERY - 1 })).toEqual(rest[1]?.state);
      expect(await past({ revision: ARCHIVED_EVERY - 1 })).toBeUndefined();
      opened = await opened.reopen();
      expect(await past({ revision: 1_000_000 })).toEqual(second);
    });

    it('looks before an instant, that one left out', async () => {
      await write(1, 2 * ARCHIVED_EVERY);
      const revision = 2 * ARCHIVED_EVERY;
      // Revision n is of second n.
      expect(await past({ revision, before: revision * 1_000 + 1 })).toMatchObject({ revision });
      expect(await past({ revision, before: revision * 1_000 })).toMatchObject({ revision: ARCHIVED_EVERY });
      expect(await past({ revision, before: ARCHIVED_EVERY * 1_000 })).toBeUndefined();
    });

    it('keeps deletions as such, and policies and things of one id apart', async () => {
      await write(1, ARCHIVED_EVERY - 1);
      await opened.log.append([thingDeletion('a:x', ARCHIVED_EVERY)]);
      for (let revision = 1; revision <= ARCHIVED_EVERY; revision++) {
        await opened.log.append([policyChange('a:x', revision)]);
      }
      expect(await past({ revision: ARCHIVED_EVERY })).toMatchObject({ deleted: true, thing: { thingId: 'a:x' } });
      const policy = await opened.archive.pastPolicy(P, { revision: ARCHIVED_EVERY });
      expect(policy).toEqual(policyChange('a:x', ARCHIVED_EVERY).state);
    });
  });
}
