import type { EventReader, RecordedEvent, Subscription } from '@gemel/application/ports';
import { namesOf, readAll, thingChange } from './changes.js';
import { BETWEEN_PROCESSES, expectEvents } from './opened-feed.js';
import type { OpenedSharedFeed, Pause } from './opened-feed.js';
import { Recorder } from './recorder.js';
import { until as untilDeadline } from './turns.js';

const THINGS = Array.from({ length: 30 }, (_, index) => `a:${String(index)}`);

/** What a feed between processes promises besides what every feed does. */
export function describeSharedFeed(name: string, open: (pause: Pause) => Promise<OpenedSharedFeed>): void {
  const until = (condition: () => boolean) => untilDeadline(condition, BETWEEN_PROCESSES.deadlineMs);

  describe(`${name} as an event feed between processes`, () => {
    let opened: OpenedSharedFeed;
    let subscriptions: Subscription[];

    beforeEach(async () => {
      subscriptions = [];
      opened = await open(() => Promise.resolve());
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
    const append = async (revision: number) => {
      await opened.log.append(THINGS.map((id) => thingChange(id, revision)));
    };
    const namesIn = (...readers: readonly Recorder[]) => new Set(readers.flatMap(({ taken }) => namesOf(taken)));

    it('shows and brings once what a relay brings twice', async () => {
      const seen: RecordedEvent[] = [];
      opened.feed.watch((recorded) => seen.push(recorded));
      const reader = new Recorder();
      follow(reader);
      await append(1);
      await until(() => seen.length === THINGS.length && reader.taken.length === THINGS.length);
      const all = await readAll(opened.log, 1_000);
      await opened.repeat(all.slice(0, 20));
      await opened.repeat(all);
      await append(2);
      await until(() => seen.length >= 2 * THINGS.length && reader.taken.length >= 2 * THINGS.length);
      const expected = await readAll(opened.log, 1_000);
      expectEvents(seen, expected, BETWEEN_PROCESSES);
      expectEvents(reader.taken, expected, BETWEEN_PROCESSES);
    });

    it('keeps the position of a reader that does not', async () => {
      const reader = new Recorder();
      reader.position = () => Promise.reject(new Error('it was asked'));
      const first = follow(reader);
      await append(1);
      await until(() => reader.taken.length === THINGS.length);
      await first.stop();
      await append(2);
      const next = new Recorder();
      follow(next);
      await until(() => next.taken.length >= THINGS.length);
      expectEvents(next.taken, (await readAll(opened.log, 1_000)).slice(THINGS.length), BETWEEN_PROCESSES);
    });

    it('shares the events among those that follow under one name, and loses none when one stops', async () => {
      const [one, two] = [new Recorder(), new Recorder()];
      const first = follow(one);
      follow(two);
      let revision = 0;
      const appendUntil = async (condition: () => boolean) => {
        do {
          await append((revision += 1));
          await until(() => namesIn(one, two).size === revision * THINGS.length);
        } while (!condition());
      };
      await appendUntil(() => one.taken.length > 0 && two.taken.length > 0);
      await append((revision += 1));
      await first.stop();
      const before = two.taken.length;
      await appendUntil(() => two.taken.length > before);
      const all = namesOf(await readAll(opened.log, 1_000));
      expect([...namesIn(one, two)].toSorted()).toEqual(all.toSorted());
      expect(Math.max(one.mostAtOnce, two.mostAtOnce)).toBe(1);
    });

    it('begins at the end of the topic once: what comes before the first batch is not missed', async () => {
      await append(1);
      await opened.settled();
      const reader = new Recorder(0, 'latecomer', 'end');
      let finish: () => void = () => undefined;
      reader.before = () => new Promise((resolve) => (finish = resolve));
      reader.failures = Infinity;
      const first = follow(reader);
      let revision = 1;
      do {
        await append((revision += 1));
        await opened.settled();
      } while (reader.offered.length === 0);
      const offered = new Set(reader.offered.flat());
      const stopping = first.stop();
      finish();
      await stopping;
      expect(reader.taken).toEqual([]);
      await append((revision += 1));
      const next = new Recorder(0, 'latecomer', 'end');
      follow(next);
      const expected = [...offered, ...THINGS.map((id) => `${id}#${String(revision)}`)];
      await until(() => expected.every((event) => namesIn(next).has(event)));
      expect(namesOf(next.taken).filter((event) => event.endsWith('#1'))).toEqual([]);
    });
  });
}
