import { GuardConflict, RevisionConflict } from '@gemel/application/ports';
import type { Change } from '@gemel/application/ports';
import { eventsOf, namesOf, policyChange, readAll, thingChange, thingDeletion } from './changes.js';
import type { OpenedStore } from './opened-store.js';

/** What every event log promises. */
export function describeEventLog(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} as an event log`, () => {
    let opened: OpenedStore;

    beforeEach(async () => {
      opened = await open();
    });

    afterEach(async () => {
      await opened.close();
    });

    /** Whether each append was taken, all of them started before any is awaited. */
    const together = async (...appends: readonly (readonly Change[])[]) => {
      const settled = await Promise.allSettled(appends.map((changes) => opened.log.append(changes)));
      return settled.map((result) => {
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(RevisionConflict);
        return result.status === 'fulfilled';
      });
    };
    const logged = async () => namesOf(await readAll(opened.log));
    const THREE = [thingChange('a:x', 1), policyChange('a:x', 1), thingChange('a:y', 1)];

    it('is empty at first', async () => {
      expect(await opened.log.end()).toBe(0);
      expect(await opened.log.read(0, 10)).toEqual([]);
      expect(await opened.log.history('thing', 'a:x', { from: 1, to: 10 })).toEqual([]);
    });

    describe('append', () => {
      it('takes several changes in their order, and none at all', async () => {
        await opened.log.append(THREE);
        await opened.log.append([]);
        const recorded = await readAll(opened.log);
        expect(recorded.map(({ event }) => event)).toEqual(eventsOf(THREE));
        expect(await opened.log.end()).toBe(recorded.at(-1)?.position);
      });

      it('takes several changes of one entity', async () => {
        await opened.log.append([thingChange('a:x', 1), thingDeletion('a:x', 2), thingChange('a:x', 3)]);
        expect(await logged()).toEqual(['a:x#1', 'a:x#2', 'a:x#3']);
      });

      it.each<readonly [string, readonly Change[]]>([
        ['a first revision that is not 1', [thingChange('a:z', 2)]],
        ['a revision that is there', [thingChange('a:x', 1)]],
        ['a gap', [thingChange('a:x', 3)]],
        ['a gap among its own changes', [thingChange('a:x', 2), thingChange('a:x', 4)]],
        ['one revision twice', [thingChange('a:x', 2), thingChange('a:x', 2)]],
      ])('refuses %s', async (_name, changes) => {
        await opened.log.append(THREE);
        await expect(opened.log.append(changes)).rejects.toThrow(RevisionConflict);
        expect(await logged()).toEqual(namesOf(await opened.log.read(0, 3)));
      });

      it('takes nothing of an append when one of its changes conflicts', async () => {
        await opened.log.append(THREE);
        const end = await opened.log.end();
        const mixed = [thingChange('a:x', 2), policyChange('a:new', 1), thingChange('a:y', 1), thingChange('a:z', 1)];
        await expect(opened.log.append(mixed)).rejects.toThrow(RevisionConflict);
        expect([await opened.log.end(), await opened.log.read(end, 10)]).toEqual([end, []]);
        expect((await opened.states.thing(thingChange('a:x', 1).event.id))?.revision).toBe(1);
        expect(await opened.states.policy(policyChange('a:new', 1).event.id)).toBeUndefined();
        expect(await opened.log.history('thing', 'a:x', { from: 1, to: 9 })).toHaveLength(1);
        await opened.log.append([thingChange('a:x', 2), thingChange('a:z', 1)]);
      });

      it('counts things and policies of one id apart', async () => {
        await opened.log.append([thingChange('a:x', 1), policyChange('a:x', 1)]);
        await opened.log.append([thingChange('a:x', 2)]);
        await opened.log.append([policyChange('a:x', 2)]);
        expect(namesOf(await opened.log.history('policy', 'a:x', { from: 1, to: 9 }))).toEqual(['a:x#1', 'a:x#2']);
      });

      it('lets ids that differ only in case or in Unicode form be different entities', async () => {
        const ids = ['a:x', 'a:X', 'A:x', 'a:\u0151x', 'a:o\u030bx', 'a:\u{1F697}', "a:'); DROP TABLE events; --"];
        expect(await together(...ids.map((id) => [thingChange(id, 1)]))).toEqual(ids.map(() => true));
        for (const id of ids) {
          expect(namesOf(await opened.log.history('thing', id, { from: 1, to: 1 }))).toEqual([`${id}#1`]);
        }
      });

      it('goes on counting after a deletion', async () => {
        await opened.log.append([thingChange('a:x', 1)]);
        await opened.log.append([thingDeletion('a:x', 2)]);
        await expect(opened.log.append([thingChange('a:x', 1)])).rejects.toThrow(RevisionConflict);
        await opened.log.append([thingChange('a:x', 3)]);
        expect(await logged()).toEqual(['a:x#1', 'a:x#2', 'a:x#3']);
      });
    });

    describe('appends that arrive together', () => {
      it('take effect in call order per entity', async () => {
        const revisions = [1, 2, 3, 4, 5].map((revision) => [thingChange('a:x', revision)]);
        expect(await together(...revisions)).toEqual([true, true, true, true, true]);
        expect(await logged()).toEqual(['a:x#1', 'a:x#2', 'a:x#3', 'a:x#4', 'a:x#5']);
      });

      it('let one of two writers of a revision win, the first', async () => {
        const first = thingChange('a:x', 1, { writer: 1 });
        expect(await together([first], [thingChange('a:x', 1, { writer: 2 })])).toEqual([true, false]);
        expect((await readAll(opened.log)).map(({ event }) => event)).toEqual([first.event]);
      });

      it('are refused one by one: a conflict stops only itself and what builds on it', async () => {
        await opened.log.append([thingChange('a:x', 1)]);
        expect(
          await together(
            [thingChange('a:y', 1)],
            [thingChange('a:x', 1), thingChange('a:n', 1)],
            [thingChange('a:n', 2)],
            [thingChange('a:x', 2)],
            [thingChange('a:n', 1), policyChange('a:n', 1)],
            [thingChange('a:y', 2)],
          ),
        ).toEqual([true, false, false, true, true, true]);
        const recorded = await logged();
        for (const id of ['a:x', 'a:y']) {
          expect(recorded.filter((name) => name.startsWith(id))).toEqual([`${id}#1`, `${id}#2`]);
        }
        expect(recorded.filter((name) => name.startsWith('a:n'))).toEqual(['a:n#1', 'a:n#1']);
        expect(recorded).toHaveLength(6);
      });

      it('lose nothing and leave no gap with 200 writers of one thing that try again', async () => {
        const { event } = thingChange('a:x', 1);
        const write = async (writer: number): Promise<void> => {
          for (;;) {
            const revision = ((await opened.states.thing(event.id))?.revision ?? 0) + 1;
            try {
              await opened.log.append([thingChange('a:x', revision, { writer })]);
              return;
            } catch (error) {
              if (!(error instanceof RevisionConflict)) throw error;
            }
          }
        };
        const writers = Array.from({ length: 200 }, (_, writer) => writer);
        await Promise.all(writers.map(write));
        const history = await opened.log.history('thing', 'a:x', { from: 1, to: 1_000 });
        expect(history.map(({ event: { revision } }) => revision)).toEqual(writers.map((writer) => writer + 1));
        const names = history.map(({ event: { value } }) => JSON.stringify(value));
        expect(new Set(names).size).toBe(200);
        expect(await readAll(opened.log)).toEqual(history);
      });
    });

    describe('a guard', () => {
      const TREES = 'trees';
      const version = (name = TREES) => opened.log.guardVersion(name);
      const append = (id: string, guard: { readonly name: string; readonly version: number }) =>
        opened.log.append([thingChange(id, 1)], guard);

      it('has version 0 before the first commit under it, and another one after each', async () => {
        const versions = [await version()];
        for (const id of ['a:x', 'a:y', 'a:z']) {
          await append(id, { name: TREES, version: await version() });
          versions.push(await version());
        }
        expect(versions[0]).toBe(0);
        expect(new Set(versions).size).toBe(4);
      });

      it('refuses a commit when another one was made under it since its version was read', async () => {
        const read = await version();
        await append('a:x', { name: TREES, version: read });
        const late = append('a:y', { name: TREES, version: read });
        await expect(late).rejects.toThrow(GuardConflict);
        expect(await logged()).toEqual(['a:x#1']);
        expect(await opened.states.thing(thingChange('a:y', 1).event.id)).toBeUndefined();
      });

      it('lets one of those win that are made under it together', async () => {
        const guard = { name: TREES, version: await version() };
        const ids = ['a:x', 'a:y', 'a:z'];
        const settled = await Promise.allSettled(ids.map((id) => append(id, guard)));
        const refused = settled.flatMap((result): readonly unknown[] =>
          result.status === 'rejected' ? [result.reason] : [],
        );
        expect(refused).toEqual([expect.any(GuardConflict), expect.any(GuardConflict)]);
        expect(await logged()).toHaveLength(1);
      });

      it('holds up no commit without it, nor under another one', async () => {
        const guard = { name: TREES, version: await version() };
        await opened.log.append([thingChange('a:x', 1)]);
        await append('a:y', { name: 'others', version: await version('others') });
        await append('a:z', guard);
        expect(await logged()).toEqual(['a:x#1', 'a:y#1', 'a:z#1']);
      });

      it('keeps its version when revisions conflict', async () => {
        await opened.log.append([thingChange('a:x', 1)]);
        const read = await version();
        await expect(append('a:x', { name: TREES, version: read })).rejects.toThrow(RevisionConflict);
        await append('a:y', { name: TREES, version: read });
        expect(await logged()).toEqual(['a:x#1', 'a:y#1']);
      });

      it('shows with its version what was committed under it', async () => {
        const id = thingChange('a:x', 1).event.id;
        const writing = append('a:x', { name: TREES, version: 0 });
        while ((await version()) === 0) await new Promise((resolve) => setImmediate(resolve));
        expect(await opened.states.thing(id)).toBeDefined();
        await writing;
      });

      it('loses nothing with 30 writers that try again', async () => {
        const write = async (writer: number): Promise<void> => {
          for (;;) {
            const guard = { name: TREES, version: await version() };
            const last = (await opened.states.thing(thingChange('a:x', 1).event.id))?.revision ?? 0;
            try {
              await opened.log.append([thingChange('a:x', last + 1, { writer })], guard);
              return;
            } catch (error) {
              // Where both conflict, either may be told.
              if (!(error instanceof GuardConflict || error instanceof RevisionConflict)) throw error;
            }
          }
        };
        await Promise.all(Array.from({ length: 30 }, (_, writer) => write(writer)));
        expect(await logged()).toEqual(Array.from({ length: 30 }, (_, index) => `a:x#${String(index + 1)}`));
      });
    });

    describe('read', () => {
      it('gives what follows a position, a limit at most, in commit order', async () => {
        for (let revision = 1; revision <= 5; revision += 1) await opened.log.append([thingChange('a:x', revision)]);
        const all = await opened.log.read(0, 100);
        expect(namesOf(all)).toEqual(['a:x#1', 'a:x#2', 'a:x#3', 'a:x#4', 'a:x#5']);
        const positions = all.map(({ position }) => position);
        expect(positions).toEqual(positions.toSorted((a, b) => a - b));
        expect(positions[0]).toBeGreaterThanOrEqual(1);
        for (const [index, position] of positions.entries()) {
          expect(await opened.log.read(position, 2)).toEqual(all.slice(index + 1, index + 3));
        }
        expect(await opened.log.read(0, 1)).toEqual(all.slice(0, 1));
      });

      it('gives nothing at the end and beyond', async () => {
        await opened.log.append(THREE);
        const end = await opened.log.end();
        expect(await opened.log.read(end, 10)).toEqual([]);
        expect(await opened.log.read(end + 1_000, 10)).toEqual([]);
      });

      it('sees an append once its promise has resolved', async () => {
        await opened.log.append([thingChange('a:x', 1)]);
        const end = await opened.log.end();
        await opened.log.append([thingChange('a:x', 2)]);
        expect(namesOf(await opened.log.read(end, 10))).toEqual(['a:x#2']);
      });
    });

    describe('history', () => {
      it('gives one entity, both ends of the range included', async () => {
        const revisions = [1, 2, 3, 4].flatMap((revision) => [
          thingChange('a:x', revision),
          thingChange('a:y', revision),
        ]);
        await opened.log.append([...revisions, policyChange('a:x', 1)]);
        const history = async (from: number, to: number) =>
          namesOf(await opened.log.history('thing', 'a:x', { from, to }));
        expect(await history(2, 3)).toEqual(['a:x#2', 'a:x#3']);
        expect(await history(4, 4)).toEqual(['a:x#4']);
        expect(await history(0, Number.MAX_SAFE_INTEGER)).toEqual(['a:x#1', 'a:x#2', 'a:x#3', 'a:x#4']);
        expect(await history(5, 9)).toEqual([]);
        expect(await history(3, 2)).toEqual([]);
      });

      it('gives events as they are read from the log', async () => {
        await opened.log.append(THREE);
        const [first] = await opened.log.read(0, 1);
        expect(await opened.log.history('thing', 'a:x', { from: 1, to: 1 })).toEqual([first]);
      });
    });

    it('goes on after a restart with all events, positions and revisions', async () => {
      await opened.log.append(THREE);
      await opened.log.append([thingDeletion('a:x', 2)]);
      const before = await readAll(opened.log);
      opened = await opened.reopen();
      expect(await opened.log.end()).toBe(before.at(-1)?.position);
      expect(await readAll(opened.log)).toEqual(before);
      await expect(opened.log.append([thingChange('a:x', 1)])).rejects.toThrow(RevisionConflict);
      await opened.log.append([thingChange('a:x', 3), policyChange('a:x', 2)]);
      const after = await opened.log.read(before.at(-1)?.position ?? 0, 10);
      expect(namesOf(after)).toEqual(['a:x#3', 'a:x#2']);
      expect(await readAll(opened.log)).toEqual([...before, ...after]);
    });
  });
}
