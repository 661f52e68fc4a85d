import type { RecordedEvent } from '@gemel/application/ports';
import { thingChange } from '@gemel/testkit/contracts';
import { FollowedLog } from './followed-log.js';

function open() {
  const written: RecordedEvent[] = [];
  const asked: number[] = [];
  const own = new Map<number, readonly RecordedEvent[]>();
  const read = (position: number, limit: number) => {
    asked.push(position);
    return Promise.resolve(written.filter((recorded) => recorded.position > position).slice(0, limit));
  };
  const log = new FollowedLog({
    log: { read, end: () => Promise.resolve(written.length) },
    own: { after: (position) => own.get(position) },
  });
  const write = (count: number) => {
    for (let n = 0; n < count; n++) {
      const position = written.length + 1;
      written.push({ position, event: thingChange('a:x', position).event });
    }
  };
  const positions = async (from: number, limit = 100) => (await log.read(from, limit)).map(({ position }) => position);
  return { asked, own, write, positions };
}

describe('FollowedLog', () => {
  it('gives the second reader what the first has read already', async () => {
    const { asked, write, positions } = open();
    write(3);
    expect(await positions(0)).toEqual([1, 2, 3]);
    expect(await positions(0, 2)).toEqual([1, 2]);
    expect(await positions(2)).toEqual([3]);
    write(1);
    expect(await positions(3)).toEqual([4]);
    expect(await positions(1)).toEqual([2, 3, 4]);
    expect(asked).toEqual([0, 3]);
  });

  it('asks nobody for what this process has committed', async () => {
    const { asked, own, write, positions } = open();
    write(3);
    own.set(0, [{ position: 1, event: thingChange('a:x', 1).event }]);
    expect(await positions(0)).toEqual([1]);
    expect(await positions(1)).toEqual([2, 3]);
    expect(asked).toEqual([1]);
  });

  it('asks once for those who wait at the same place', async () => {
    const { asked, write, positions } = open();
    write(1);
    expect(await Promise.all([positions(1), positions(1)])).toEqual([[], []]);
    write(1);
    expect(await Promise.all([positions(1), positions(1)])).toEqual([[2], [2]]);
    expect(asked).toEqual([1, 1]);
  });

  it('asks once for those who wait at the same place and want more or less', async () => {
    const { asked, write, positions } = open();
    await Promise.all([positions(0, 2), positions(0, 3)]);
    asked.length = 0;
    expect(await Promise.all([positions(0, 2), positions(0, 3)])).toEqual([[], []]);
    write(3);
    expect(await Promise.all([positions(0, 2), positions(0, 3)])).toEqual([
      [1, 2],
      [1, 2, 3],
    ]);
    expect(asked).toEqual([0, 0]);
  });

  it('asks no more than is under way at the same place when the first of two questions is answered', async () => {
    const answers: (() => void)[] = [];
    const read = () =>
      new Promise<readonly RecordedEvent[]>((resolve) => {
        answers.push(() => resolve([]));
      });
    const log = new FollowedLog({ log: { read, end: () => Promise.resolve(0) }, own: { after: () => undefined } });
    const first = log.read(0, 2);
    const second = log.read(0, 3);
    answers[0]?.();
    await first;
    const third = log.read(0, 3);
    for (const answer of answers) answer();
    await Promise.all([second, third]);
    expect(answers).toHaveLength(2);
  });

  it('leaves a reader who is far behind to the log', async () => {
    const { asked, write, positions } = open();
    write(13_100);
    expect(await positions(0, 13_000)).toHaveLength(13_000);
    expect(await positions(13_000)).toHaveLength(100);
    expect((await positions(1_099))[0]).toBe(1_100);
    expect((await positions(1_100))[0]).toBe(1_101);
    expect(await positions(13_099)).toEqual([13_100]);
    expect(asked).toEqual([0, 13_000, 1_099]);
  });
});
