import { RevisionConflict } from '@gemel/application/ports';
import type { EventReader, RecordedEvent, Subscription } from '@gemel/application/ports';
import { namesOf, readAll, thingChange } from './changes.js';
import { IN_PROCESS, expectEvents } from './opened-feed.js';
import type { FeedKind, OpenedFeed, Pause } from './opened-feed.js';
import { Recorder } from './recorder.js';
import { turns, until as untilDeadline } from './turns.js';

/** What every event feed promises. */
export function describeEventFeed(
  name: string,
  open: (pause: Pause) => Promise<OpenedFeed>,
  kind: FeedKind = IN_PROCESS,
): void {
  const until = (condition: () => boolean) => untilDeadline(condition, kind.deadlineMs);

  describe(`${name} as an event feed`, () => {
    let opened: OpenedFeed;
    let pauses: number[];
    let pause: Pause;
    let subscriptions: Subscription[];

    beforeEach(async () => {
      pauses = [];
      pause = () => Promise.resolve();
      subscriptions = [];
      opened = await open((ms, signal) => {
        pauses.push(ms);
        return pause(ms, signal);
      });
    });

    afterEach(async () => {
      await Promise.all(subscriptions.map((subscription) => subscription.stop()));
      await opened.close();
    });

    const follow = (reader: EventReader): Subscription => {
      const subscription = opened.feed.follow(reader);
      subscriptions.push(subscription);
      return subscription;
    };
    const watch = (listener: (recorded: RecordedEvent) => void): Subscription => {
      const subscription = opened.feed.watch(listener);
      subscriptions.push(subscription);
      return subscription;
    };
    const append = (from: number, to: number) =>
      opened.log.append(
        Array.from({ length: to - from + 1 }, (_, index) => thingChange('a:x', from + index, { n: from + index })),
      );
    /** One after the other, as following takes effect some time after the call; resolves with the last revision. */
    const appendUntil = async (from: number, condition: () => boolean) => {
      const deadline = performance.now() + kind.deadlineMs;
      for (let revision = from; ; revision += 1) {
        await append(revision, revision);
        await turns(10);
        if (condition()) return revision;
        if (performance.now() > deadline) throw new Error(`still not so: ${condition.toString()}`);
      }
    };

    describe('follow', () => {
      it('tells a reader when it knows its place', async () => {
        const reader = new Recorder();
        await append(1, 1);
        follow(reader);
        await until(() => reader.isPlaced);
        await append(2, 2);
        await until(() => reader.taken.length === 2);
        expect(reader.isPlaced).toBe(true);
      });

      it('brings what is in the log already, and what comes later', async () => {
        await append(1, 3);
        const reader = new Recorder();
        follow(reader);
        await until(() => reader.taken.length === 3);
        await append(4, 4);
        await append(5, 6);
        await until(() => reader.taken.length === 6);
        expectEvents(reader.taken, await readAll(opened.log), kind);
      });

      it('lets no event wait for others when the reader has no patience', async () => {
        pause = () => Promise.reject(new Error('it waits'));
        const reader = new Recorder();
        reader.patienceMs = 0;
        follow(reader);
        for (let revision = 1; revision <= 3; revision += 1) {
          await append(revision, revision);
          await until(() => reader.taken.length === revision);
        }
        expect(pauses).toEqual([]);
      });

      it('brings no more at once than the reader wants', async () => {
        await append(1, 50);
        const reader = new Recorder();
        reader.largestBatch = 20;
        follow(reader);
        await until(() => reader.taken.length === 50);
        expectEvents(reader.taken, await readAll(opened.log), kind);
        expect(Math.max(...reader.offered.map(({ length }) => length))).toBeLessThanOrEqual(20);
      });

      it('goes on where a stopped reader was', async () => {
        const reader = new Recorder();
        const first = follow(reader);
        await append(1, 2);
        await until(() => reader.taken.length === 2);
        await first.stop();
        await append(3, 4);
        expect(reader.taken).toHaveLength(2);
        follow(reader);
        await until(() => reader.taken.length === 4);
        expectEvents(reader.taken, await readAll(opened.log), kind);
      });

      it('brings thousands of events in order, never two batches at once', async () => {
        await append(1, 2_500);
        const reader = new Recorder();
        follow(reader);
        for (let revision = 2_501; revision <= 2_520; revision += 1) await append(revision, revision);
        await until(() => reader.taken.length === 2_520);
        expectEvents(reader.taken, await readAll(opened.log, 1_000), kind);
        expect(reader.mostAtOnce).toBe(1);
      });

      it('lets others run while a quick reader catches up', async () => {
        await append(1, 5_000);
        const batches: number[] = [];
        let stored = 0;
        const position = () => Promise.resolve(stored);
        const handle = (events: readonly RecordedEvent[]) => {
          batches.push(events.length);
          stored = events.at(-1)?.position ?? stored;
          return Promise.resolve();
        };
        const end = await opened.log.end();
        follow({ name: 'quick', position, handle });
        let mostInOneTurn = 0;
        for (let before = 0; stored < end; before = batches.length) {
          await turns(1);
          mostInOneTurn = Math.max(mostInOneTurn, batches.length - before);
        }
        // The first turn may hold the start as well.
        expect(mostInOneTurn).toBeLessThanOrEqual(2);
      });

      it('brings nothing twice and misses nothing while many write', async () => {
        const reader = new Recorder();
        follow(reader);
        const ids = Array.from({ length: 300 }, (_, index) => `a:${String(index)}`);
        await Promise.all(
          ids.map(async (id) => {
            await opened.log.append([thingChange(id, 1)]);
            await opened.log.append([thingChange(id, 2)]);
          }),
        );
        await until(() => reader.taken.length >= 600);
        expectEvents(reader.taken, await readAll(opened.log, 1_000), kind);
      });

      it('lets no slow reader hold up writes or other readers', async () => {
        const slow = new Recorder(0, 'slow');
        let finish: () => void = () => undefined;
        slow.before = () => new Promise((resolve) => (finish = resolve));
        const quick = new Recorder(0, 'quick');
        follow(slow);
        follow(quick);
        await append(1, 1);
        await until(() => slow.atOnce === 1);
        await append(2, 3);
        await until(() => quick.taken.length === 3);
        expect(slow.taken).toEqual([]);
        slow.before = () => Promise.resolve();
        finish();
        await until(() => slow.taken.length === 3);
        expect(slow.mostAtOnce).toBe(1);
      });

      it('brings a batch again that was rejected, after pauses that grow', async () => {
        const reader = new Recorder();
        reader.failures = 4;
        follow(reader);
        await append(1, 2);
        await until(() => reader.taken.length === 2);
        expect(reader.offered.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => ['a:x#1', 'a:x#2']));
        expect(pauses).toHaveLength(4);
        expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
        expect(Math.min(...pauses)).toBeGreaterThan(0);
        expect(reader.mostAtOnce).toBe(1);
        await append(3, 3);
        await until(() => reader.taken.length === 3);
        expectEvents(reader.taken, await readAll(opened.log), kind);
      });

      it('begins with what comes next when the reader says so and was never anywhere', async () => {
        await append(1, 3);
        await opened.settled();
        const reader = new Recorder(0, 'latecomer', 'end');
        follow(reader);
        const last = await appendUntil(4, () => reader.taken.length > 0);
        await until(() => reader.taken.at(-1)?.event.revision === last);
        const all = await readAll(opened.log, 1_000);
        expect(reader.taken.length).toBeLessThanOrEqual(all.length - 3);
        expect(reader.taken).toEqual(all.slice(-reader.taken.length));
      });

      it('brings a batch again that failed first of all, though the reader began at the end', async () => {
        const reader = new Recorder(0, 'unlucky', 'end');
        reader.failures = 2;
        follow(reader);
        await appendUntil(1, () => reader.offered.length > 0);
        await until(() => reader.taken.length > 0);
        expect(reader.offered[1]).toEqual(reader.offered[0]);
        expect(namesOf(reader.taken).slice(0, reader.offered[0]?.length)).toEqual(reader.offered[0]);
      });
    });

    if (kind.positions === 'reader') {
      describe('follow, by the position that the reader keeps', () => {
        it('goes on from the reader’s position', async () => {
          await append(1, 5);
          const [, second] = await opened.log.read(0, 2);
          const reader = new Recorder(second?.position);
          follow(reader);
          await until(() => reader.taken.length === 3);
          expect(namesOf(reader.taken)).toEqual(['a:x#3', 'a:x#4', 'a:x#5']);
        });

        it('misses nothing new when the reader is ahead of a log that was restored from a backup', async () => {
          await append(1, 2);
          const reader = new Recorder(1_000);
          follow(reader);
          // So that it has found the end of the log.
          await turns(5);
          await append(3, 4);
          await until(() => reader.taken.length === 2);
          expect(namesOf(reader.taken)).toEqual(['a:x#3', 'a:x#4']);
        });

        it('does not bring again what a reader stored before it failed', async () => {
          await append(1, 3);
          const [first] = await opened.log.read(0, 1);
          const reader = new Recorder();
          reader.failures = 1;
          reader.onFailure = () => (reader.stored = first?.position ?? 0);
          follow(reader);
          await until(() => reader.taken.length === 2);
          expect(namesOf(reader.taken)).toEqual(['a:x#2', 'a:x#3']);
        });

        it('tries again when the position cannot be read', async () => {
          await append(1, 1);
          const reader = new Recorder();
          const position = reader.position.bind(reader);
          let asked = 0;
          reader.position = () => ((asked += 1) < 3 ? Promise.reject(new Error('not now')) : position());
          follow(reader);
          await until(() => reader.taken.length === 1);
          expect(pauses).toHaveLength(2);
        });
      });
    }

    describe('stop', () => {
      it('resolves when idle, again and again', async () => {
        const reader = new Recorder();
        const following = follow(reader);
        const watching = watch(() => undefined);
        await append(1, 1);
        await until(() => reader.taken.length === 1);
        for (const subscription of [following, following, watching, watching]) await subscription.stop();
        await append(2, 2);
        expect(reader.taken).toHaveLength(1);
      });

      it('resolves before anything was brought', async () => {
        await append(1, 1);
        const reader = new Recorder();
        await follow(reader).stop();
        await append(2, 2);
        expect(reader.atOnce).toBe(0);
        expect(reader.offered).toEqual([]);
      });

      it('waits for the call that is under way', async () => {
        const reader = new Recorder();
        let finish: () => void = () => undefined;
        reader.before = () => new Promise((resolve) => (finish = resolve));
        const following = follow(reader);
        await append(1, 1);
        await until(() => reader.atOnce === 1);
        let stopped = false;
        const stopping = following.stop().then(() => (stopped = true));
        await turns(10);
        expect(stopped).toBe(false);
        finish();
        await stopping;
        expect(namesOf(reader.taken)).toEqual(['a:x#1']);
      });

      it('does not wait for a pause to end', async () => {
        const reader = new Recorder();
        reader.failures = Infinity;
        pause = (_ms, signal) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => {
              resolve();
            });
          });
        const following = follow(reader);
        await append(1, 1);
        await until(() => pauses.length === 1);
        await following.stop();
        expect(reader.offered).toHaveLength(1);
      });
    });

    describe('watch', () => {
      it('shows each event from now on once, in log order', async () => {
        await append(1, 2);
        await opened.settled();
        const seen: RecordedEvent[] = [];
        watch((recorded) => seen.push(recorded));
        await append(3, 4);
        await Promise.all([opened.log.append([thingChange('a:y', 1)]), opened.log.append([thingChange('a:z', 1)])]);
        await until(() => seen.length >= 4);
        expectEvents(seen, (await readAll(opened.log)).slice(2), kind);
      });

      it('shows nothing of a refused append, nor after its end', async () => {
        const seen: RecordedEvent[] = [];
        const watching = watch((recorded) => seen.push(recorded));
        const other: RecordedEvent[] = [];
        watch((recorded) => other.push(recorded));
        await expect(opened.log.append([thingChange('a:x', 2)])).rejects.toThrow(RevisionConflict);
        await append(1, 1);
        await until(() => other.length === 1);
        await watching.stop();
        await append(2, 2);
        await until(() => other.length === 2);
        expect(namesOf(seen)).toEqual(['a:x#1']);
      });

      it('lets a listener that throws disturb nobody', async () => {
        const seen: RecordedEvent[] = [];
        watch(() => {
          throw new Error('a listener that breaks its promise');
        });
        watch((recorded) => seen.push(recorded));
        const reader = new Recorder();
        follow(reader);
        await append(1, 2);
        await append(3, 3);
        await until(() => seen.length === 3 && reader.taken.length === 3);
        expect(namesOf(seen)).toEqual(['a:x#1', 'a:x#2', 'a:x#3']);
      });

      it('lets a listener end itself and others', async () => {
        const seen: RecordedEvent[] = [];
        const first = watch((recorded) => {
          seen.push(recorded);
          void first.stop();
        });
        const last: RecordedEvent[] = [];
        watch((recorded) => last.push(recorded));
        await append(1, 2);
        await until(() => last.length === 2);
        expect(namesOf(seen)).toEqual(['a:x#1']);
      });
    });
  });
}
