import { StoreUnavailable } from '../ports/index.js';
import { BackgroundCheck } from './index.js';
import type { CheckOptions, CheckProgress, ConsistencyCheck } from './index.js';

const FAULT = { entity: 'thing', id: 'a:y', kind: 'state', detail: 'it differs' } as const;

function step(cursor: string, findings: CheckProgress['findings'] = []): CheckProgress {
  return { cursor, findings, checked: { log: 0, thing: 2, policy: 1 }, pending: 0 };
}

/** Rounds as they are given; after the last one it is stopped. */
function open(perMinute: number, rounds: readonly (readonly (CheckProgress | Error)[])[]) {
  const asked: CheckOptions[] = [];
  const lines: string[] = [];
  let finish: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (finish = resolve));
  const check: Pick<ConsistencyCheck, 'run'> = {
    async *run(options: CheckOptions = {}) {
      asked.push(options);
      for (const each of rounds[asked.length - 1] ?? []) {
        if (each instanceof Error) throw each;
        yield await Promise.resolve(each);
      }
    },
  };
  const timers = {
    now: () => 0,
    sleep: (_ms: number, signal: AbortSignal) => {
      if (asked.length < rounds.length) return Promise.resolve();
      finish();
      return new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve());
      });
    },
  };
  const line = (level: string) => (fields: object, message: string) =>
    lines.push(`${level}: ${message} ${'id' in fields ? String(fields.id) : ''}`);
  const log = { error: line('error'), warn: line('warn'), info: line('info'), debug: line('debug') };
  const background = new BackgroundCheck({ check, perMinute, timers, log });
  return { background, asked, lines, done };
}

describe('BackgroundCheck', () => {
  it('checks all things in turns at its rate, counts, and tells what is wrong', async () => {
    const { background, asked, lines, done } = open(120, [
      [step('thing/a:x'), step('policy/a:p', [FAULT])],
      [step('thing/a:x')],
    ]);
    const checking = background.start();
    await done;
    await checking.stop();
    expect(asked).toMatchObject([
      { from: 'thing/', perSecond: 2 },
      { from: 'thing/', perSecond: 2 },
    ]);
    expect(asked.map(({ repair }) => repair)).toEqual([undefined, undefined]);
    expect(lines).toEqual(['error: what is stored is not what the log says: run npm run fsck with --repair a:y']);
    const read: unknown[] = [];
    for (const meter of background.meters) read.push(await meter.read());
    expect(read).toEqual([
      [
        { labels: { entity: 'thing' }, value: 6 },
        { labels: { entity: 'policy' }, value: 3 },
      ],
      [{ labels: { kind: 'state' }, value: 1 }],
    ]);
  });

  it('goes on where it was when the store was away', async () => {
    const { background, asked, lines, done } = open(60, [[step('thing/a:x'), new StoreUnavailable('away')], []]);
    const checking = background.start();
    await done;
    await checking.stop();
    expect(asked.map(({ from }) => from)).toEqual(['thing/', 'thing/a:x']);
    expect(lines).toEqual(['warn: could not hold documents against the log; goes on in a minute ']);
  });

  it('does nothing at a rate of 0', async () => {
    const { background, asked } = open(0, []);
    await background.start().stop();
    expect(asked).toEqual([]);
  });
});
