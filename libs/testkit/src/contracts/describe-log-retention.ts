import { ARCHIVED_EVERY } from '@gemel/application/ports';
import type { BaseState, LogRetention } from '@gemel/application/ports';
import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import { namesOf, policyChange, readAll, thingChange } from './changes.js';
import type { OpenedStore } from './opened-store.js';

const ALL = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** A store that events can be removed from. */
export interface OpenedThinnable extends OpenedStore {
  readonly retention: LogRetention;
  reopen(): Promise<OpenedThinnable>;
}

/** What every store promises that events can be removed from. */
export function describeLogRetention(name: string, open: () => Promise<OpenedThinnable>): void {
  describe(`${name} as a log that is thinned out`, () => {
    let opened: OpenedThinnable;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    const write = async (id: string, from: number, to: number) => {
      for (let revision = from; revision <= to; revision++) {
        await opened.log.append([thingChange(id, revision, { n: revision })]);
      }
    };
    const thingAt = (id: string, revision: number): BaseState => ({
      entity: 'thing',
      id: parseThingId(id),
      state: thingChange(id, revision, { n: revision }).state,
    });
    const history = async (id: string) => namesOf(await opened.log.history('thing', id, ALL));
    const past = (id: string, revision: number) => opened.archive.pastThing(parseThingId(id), { revision });

    it('removes the events up to a state, which stays', async () => {
      await write('a:x', 1, 5);
      expect(await opened.retention.forget([thingAt('a:x', 3)])).toBe(3);
      expect(await history('a:x')).toEqual(['a:x#4', 'a:x#5']);
      expect(await past('a:x', 3)).toEqual(thingAt('a:x', 3).state);
      expect(await past('a:x', 2)).toBeUndefined();
      expect(await opened.states.thing(parseThingId('a:x'))).toMatchObject({ revision: 5 });
    });

    it('does nothing the second time, and nothing for nobody', async () => {
      await write('a:x', 1, 5);
      expect(await opened.retention.forget([])).toBe(0);
      await opened.retention.forget([thingAt('a:x', 3)]);
      expect(await opened.retention.forget([thingAt('a:x', 3)])).toBe(0);
      expect(await opened.retention.forget([thingAt('a:x', 4)])).toBe(1);
      expect(await past('a:x', 3)).toBeUndefined();
    });

    it('leaves the others of a commit, positions, and the last event', async () => {
      await opened.log.append([thingChange('a:x', 1), policyChange('a:x', 1), thingChange('a:y', 1)]);
      await opened.log.append([thingChange('a:x', 2), thingChange('a:x', 3)]);
      const before = await readAll(opened.log);
      const policy = { entity: 'policy', id: parsePolicyId('a:x'), state: policyChange('a:x', 1).state } as const;
      expect(await opened.retention.forget([thingAt('a:x', 2), policy])).toBe(3);
      opened = await opened.reopen();
      const left = await readAll(opened.log);
      expect(namesOf(left)).toEqual(['a:y#1', 'a:x#3']);
      expect(left.map(({ position }) => position)).toEqual([before[2]?.position, before[4]?.position]);
      const end = await opened.log.end();
      await opened.retention.forget([thingAt('a:x', 3), thingAt('a:y', 1)]);
      opened = await opened.reopen();
      expect(await opened.log.end()).toBe(end);
      await opened.log.append([thingChange('a:y', 2), thingChange('a:x', 4)]);
      expect((await readAll(opened.log)).at(-1)?.position).toBeGreaterThan(end);
      expect(await opened.archive.pastPolicy(policy.id, { revision: 1 })).toEqual(policy.state);
    });

    it('removes kept states before, and goes on keeping new ones', async () => {
      await write('a:x', 1, 2 * ARCHIVED_EVERY + 1);
      expect(await opened.retention.forget([thingAt('a:x', 2 * ARCHIVED_EVERY - 1)])).toBe(2 * ARCHIVED_EVERY - 1);
      expect(await past('a:x', 2 * ARCHIVED_EVERY - 2)).toBeUndefined();
      expect(await past('a:x', 2 * ARCHIVED_EVERY)).toMatchObject({ revision: 2 * ARCHIVED_EVERY });
      opened = await opened.reopen();
      expect(await history('a:x')).toEqual([2 * ARCHIVED_EVERY, 2 * ARCHIVED_EVERY + 1].map((n) => `a:x#${String(n)}`));
    });
  });
}
