import type { LiveBus, LiveFrame } from '@gemel/application/ports';
import { parseThingId } from '@gemel/model/ids';
import { until } from './turns.js';

/** A bus for one test, as some processes see it. */
export interface OpenedLiveBus {
  /** At least one; two or more between processes. */
  readonly processes: readonly LiveBus[];
  close(): Promise<void>;
}

const car = parseThingId('example:car');
const DEADLINE_MS = 20_000;

function frame(n: number, more: Partial<LiveFrame> = {}): LiveFrame {
  const envelope = { topic: 'example/car/things/live/messages/ask', path: '/inbox/messages/ask', value: n };
  return { entityId: car, envelope, ...more };
}

/** What every LiveBus keeps. */
export function describeLiveBus(name: string, open: () => Promise<OpenedLiveBus>): void {
  describe(`${name}: the live channel`, () => {
    let opened: OpenedLiveBus;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    const listenAt = (index: number): LiveFrame[] => {
      const heard: LiveFrame[] = [];
      opened.processes[index]?.listen((each) => heard.push(each));
      return heard;
    };
    const all = (): readonly LiveFrame[][] => opened.processes.map((_, index) => listenAt(index));

    it('is heard in its own process before publish returns', () => {
      const heard = listenAt(0);
      opened.processes[0]?.publish(frame(1));
      expect(heard).toEqual([frame(1)]);
    });

    it('is heard in every process, once, frames of a thing in order, as they were said', async () => {
      const heard = all();
      const said = Array.from({ length: 50 }, (_, n) =>
        frame(n, n % 2 === 0 ? { origin: `connection:${n}` } : { envelope: { text: 'ä€😀', __proto: null, n } }),
      );
      for (const each of said) opened.processes[0]?.publish(each);
      await until(() => heard.every(({ length }) => length >= said.length), DEADLINE_MS);
      for (const each of heard) expect(each).toEqual(said);
    });

    it('tells all listeners of a process, and none that has stopped', async () => {
      const bus = opened.processes[0];
      const heard: string[] = [];
      const first = bus?.listen(() => heard.push('first'));
      const second = bus?.listen(() => heard.push('second'));
      bus?.publish(frame(1));
      await first?.stop();
      bus?.publish(frame(2));
      await second?.stop();
      bus?.publish(frame(3));
      expect(heard).toEqual(['first', 'second', 'second']);
    });

    it('goes on when a listener fails', () => {
      const bus = opened.processes[0];
      bus?.listen(() => {
        throw new Error('a fault of the listener');
      });
      const heard = listenAt(0);
      bus?.publish(frame(1));
      expect(heard).toHaveLength(1);
    });

    it('brings nothing that was said before', async () => {
      opened.processes[0]?.publish(frame(1));
      const heard = all();
      opened.processes[0]?.publish(frame(2));
      await until(() => heard.every(({ length }) => length > 0), DEADLINE_MS);
      expect(heard[0]).toEqual([frame(2)]);
    });
  });
}
