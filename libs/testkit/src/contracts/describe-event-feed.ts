import { RevisionConflict } from '@gemel/application/ports';
import type { EventFeed, EventLog, EventReader, RecordedEvent, Subscription } from '@gemel/application/ports';
import { namesOf, readAll, thingChange } from './changes.js';
import { Recorder } from './recorder.js';
import { turns, until } from './turns.js';

/** A feed for one test, over an empty log. */
export interface OpenedFeed {
  readonly log: EventLog;
  readonly feed: EventFeed;
  close(): Promise<void>;
}

/** Waits before a retry: resolves after the time, or when the signal aborts. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

/** What every event feed promises. */
export function describeEventFeed(name: string, open: (pause: Pause) => Promise<OpenedFeed>): void {
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

    describe('follow', () => {
      it('brings what is in the log already, and what comes later', async () => {
        await append(1, 3);
        const reader = new Recorder();
        follow(reader);
        await until(() => reader.taken.length === 3);
        await append(4, 4);
        await append(5, 6);
        await until(() => reader.taken.length === 6);
        expect(reader.taken).toEqual(await readAll(opened.log));
      });

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
        expect(reader.taken).toEqual(await readAll(opened.log));
      });

      it('brings thousands of events in order, never two batches at once', async () => {
        await append(1, 2_500);
        const reader = new Recorder();
        follow(reader);
        for (let revision = 2_501; revision <= 2_520; revision += 1) await append(revision, revision);
        await until(() => reader.taken.length === 2_520);
        expect(reader.taken).toEqual(await readAll(opened.log, 1_000));
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
        expect(reader.taken).toEqual(await readAll(opened.log, 1_000));
      });

      it('lets no slow reader hold up writes or other readers', async () => {
        const slow = new Recorder();
        let finish: () => void = () => undefined;
        slow.before = () => new Promise((resolve) => (finish = resolve));
        const quick = new Recorder();
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
        expect(reader.taken).toEqual(await readAll(opened.log));
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
        const seen: RecordedEvent[] = [];
        watch((recorded) => seen.push(recorded));
        await append(3, 4);
        await Promise.all([opened.log.append([thingChange('a:y', 1)]), opened.log.append([thingChange('a:z', 1)])]);
        await until(() => seen.length >= 4);
        expect(seen).toEqual((await readAll(opened.log)).slice(2));
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
