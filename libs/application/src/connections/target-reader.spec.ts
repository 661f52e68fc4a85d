import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ThingEvent } from '@gemel/model/signals';
import { MessageNotTaken, PUBLISHED } from '../ports/index.js';
import type { OutboundPublisher, Position, RecordedEvent } from '../ports/index.js';
import { ConnectionMonitor } from './monitoring/index.js';
import { TargetReader } from './target-reader.js';
import type { TargetReaderParts } from './target-reader.js';

function opened(stored: Position = 0) {
  const saved: Position[] = [];
  const parts: Pick<TargetReaderParts, 'positions' | 'lease' | 'clock'> = {
    clock: { now: () => 0 },
    lease: { name: 'connection:cars', token: 7, isHeld: () => true },
    positions: {
      readerPosition: () => Promise.resolve(saved.at(-1) ?? stored),
      saveReaderPosition: (_reader, position) => {
        saved.push(position);
        return Promise.resolve();
      },
    },
  };
  return { reader: new TargetReader('target:cars:0', parseParts(parts)), saved };
}

function parseParts(parts: Pick<TargetReaderParts, 'positions' | 'lease' | 'clock'>): TargetReaderParts {
  return parts as TargetReaderParts;
}

describe('the reader of a target that begins at the end', () => {
  it('keeps where that is, so that it goes on there when it is opened again before its first event', async () => {
    const { reader, saved } = opened();
    expect(await reader.position()).toBe(0);
    await reader.placed(42);
    expect([saved, reader.hindrance(), await reader.position()]).toEqual([[42], undefined, 42]);
  });

  it('leaves a place alone that it has, and one that nobody tells', async () => {
    const { reader, saved } = opened(50);
    expect(await reader.position()).toBe(50);
    await reader.placed(50);
    await reader.placed();
    expect([saved, reader.hindrance()]).toEqual([[], undefined]);
  });
});

/** `car 1` is the first event of a thing; positions are those in the list. */
function eventsOf(...names: readonly string[]): readonly RecordedEvent[] {
  return names.map((name, index) => parseEvent(name, index + 1));
}

/** So many of one thing. */
function carEvents(count: number): readonly RecordedEvent[] {
  return eventsOf(...Array.from({ length: count }, (_, index) => `car ${String(index)}`));
}

function parseEvent(name: string, position: Position): RecordedEvent {
  return { position, event: { entity: 'thing', id: name.split(' ')[0], name, headers: {} } as unknown as ThingEvent };
}

function parseName(event: ThingEvent): string {
  return (event as unknown as { name: string }).name;
}

const FULL = new MessageNotTaken({ status: 503 }, 'it is full', 'all');
const AWAY = new MessageNotTaken({ status: 502 }, 'what is behind it is away', 'perhaps all');
const BUSY = new MessageNotTaken({ status: 503 }, 'it is busy');

/** @param answer what the other side throws at a message; undefined when it takes it */
function publishing(
  answer: (message: string) => Error | undefined,
  isAnsweredOneByOne = false,
  publish?: OutboundPublisher['publish'],
) {
  const asked: string[] = [];
  /** What was learned of rights, as often as that began anew. */
  const questions = new Set<unknown>();
  let nowMs = 0;
  const ignore = (): void => undefined;
  const reader = new TargetReader('target:cars:0', {
    messages: {
      messages: (event, known) => {
        questions.add(known);
        return Promise.resolve({
          messages: [{ address: 'x', payload: parseName(event), qos: 1, headers: {}, group: event.id }],
          failures: [],
        });
      },
    },
    publisher: {
      publish:
        publish ??
        (async ({ payload }) => {
          asked.push(String(payload));
          const error = answer(String(payload));
          await Promise.resolve();
          if (error !== undefined) throw error;
          return PUBLISHED;
        }),
      hasReceivers: () => true,
    },
    lease: { name: 'connection:cars', token: 7, isHeld: () => true },
    log: { error: ignore, warn: ignore, info: ignore, debug: ignore },
    acks: { answered: ignore, left: ignore },
    positions: undefined,
    monitor: new ConnectionMonitor({ sources: [], targets: [] }, { now: () => 0 }),
    clock: { now: () => nowMs },
    address: 'x',
    isAnsweredOneByOne,
  });
  /** What was asked of the other side this time. */
  const handle = async (events: readonly RecordedEvent[]): Promise<readonly string[]> => {
    asked.length = 0;
    await reader.handle(events).catch(ignore);
    return [...asked];
  };
  return { reader, handle, questions, later: (ms: number) => void (nowMs += ms) };
}

describe('the patience of a target', () => {
  it('is none where events are few, and lets many gather', async () => {
    const { reader, handle } = publishing(() => undefined);
    const patience = async (count: number) => {
      await handle(carEvents(count));
      return reader.patienceMs;
    };
    expect([reader.patienceMs, await patience(7), await patience(8), await patience(1)]).toEqual([0, 0, 30, 0]);
  });
});

describe('a target whose other side declines messages', () => {
  it('waits for room, however long that takes', async () => {
    const { reader, handle } = publishing(() => FULL);
    await reader.placed();
    for (let time = 0; time < 20; time++) expect(await handle(eventsOf('car 1'))).toEqual(['car 1']);
    expect(reader.counters()).toEqual({ published: 0, filtered: 0, refused: 0 });
    expect(reader.hindrance()).toEqual({ status: 'failed', statusDetails: 'waits, and tries again: it is full' });
  });

  it('waits for what is behind a server that is away, however long, while nothing else gets through', async () => {
    let isAway = true;
    const { reader, handle, later } = publishing(() => (isAway ? AWAY : undefined), true);
    for (let time = 0; time < 20; time++) {
      expect(await handle(eventsOf('car 1', 'bus 1', 'car 2'))).toEqual(['car 1', 'bus 1']);
      later(60_000);
    }
    isAway = false;
    expect(await handle(eventsOf('car 1', 'bus 1', 'car 2'))).toEqual(['car 1', 'bus 1', 'car 2']);
    expect(reader.counters()).toEqual({ published: 3, filtered: 0, refused: 0 });
  });

  it('leaves out after a minute what a server does not get through while it does others', async () => {
    const { reader, handle, later } = publishing((message) => (message === 'car 1' ? AWAY : undefined), true);
    const others = Array.from({ length: 70 }, (_, n) => `bus ${String(n)}`);
    for (let seconds = 0; seconds < 60; seconds++) {
      await handle(eventsOf('car 1', ...others.slice(0, seconds + 1)));
      expect(reader.counters()).toEqual({ published: seconds + 1, filtered: 0, refused: 0 });
      later(1_000);
    }
    await handle(eventsOf('car 1', ...others.slice(0, 61)));
    expect(reader.counters()).toEqual({ published: 61, filtered: 0, refused: 1 });
  });

  it('leaves out after some tries what it would take if it wanted, and goes on', async () => {
    const { reader, handle } = publishing((message) => (message === 'car 1' ? BUSY : undefined));
    for (let time = 0; time < 8; time++) await handle(eventsOf('car 1', 'car 2'));
    expect(reader.counters()).toEqual({ published: 2, filtered: 0, refused: 1 });
  });

  it('sends nothing of a thing past what was declined, where that was known before', async () => {
    const { handle } = publishing((message) => (message === 'car 1' ? FULL : undefined));
    expect(await handle(eventsOf('car 1', 'car 2', 'bus 1'))).toEqual(['car 1', 'car 2', 'bus 1']);
    expect(await handle(eventsOf('car 1', 'car 2', 'car 3', 'van 1'))).toEqual(['car 1', 'van 1']);
  });

  it('sends nothing of a thing past what was declined, where one message is answered before the next one', async () => {
    let isFull = true;
    const { handle } = publishing((message) => (isFull && message === 'car 2' ? FULL : undefined), true);
    const events = eventsOf('car 1', 'car 2', 'bus 1', 'car 3');
    expect(await handle(events)).toEqual(['car 1', 'bus 1', 'car 2']);
    isFull = false;
    expect(await handle(events.slice(1))).toEqual(['car 2', 'car 3']);
  });

  it('sends again only what was declined, and what came of the same thing after it', async () => {
    let isFull = true;
    const { handle } = publishing((message) => (isFull && message === 'car 2' ? FULL : undefined));
    const events = eventsOf('car 1', 'bus 1', 'car 2', 'bus 2', 'car 3');
    expect(await handle(events)).toHaveLength(5);
    isFull = false;
    expect(await handle(events)).toEqual(['car 2', 'car 3']);
    // A feed that begins anew tells of all.
    expect(await handle(events)).toHaveLength(5);
  });
});

describe('what a target learns of rights', () => {
  const many = carEvents(1_000);

  it('counts for a batch, which was there before, and not for the next one', async () => {
    const { handle, questions } = publishing(() => undefined);
    await handle(many);
    expect(questions.size).toBe(1);
    await handle(many);
    expect(questions.size).toBe(2);
  });

  it('is asked for again when that is a tenth of a second ago', async () => {
    const target = publishing((message) => {
      if (message === 'car 550') target.later(101);
      return undefined;
    });
    await target.handle(many);
    expect(target.questions.size).toBe(2);
  });
});

describe('a target whose other side takes its time', () => {
  it('makes messages ahead of their confirmations, but not all that it was given', async () => {
    const waiting: (() => void)[] = [];
    let published = 0;
    const publish = () => {
      published++;
      return new Promise<typeof PUBLISHED>((resolve) => waiting.push(() => resolve(PUBLISHED)));
    };
    const { reader, handle } = publishing(() => undefined, false, publish);
    const handling = handle(carEvents(1_000));
    while (published < 500) await nextTurn();
    for (let turn = 0; turn < 10; turn++) await nextTurn();
    expect(published).toBeLessThan(700);
    while (published < 1_000 || waiting.length > 0) {
      waiting.splice(0, 10).forEach((confirm) => confirm());
      await nextTurn();
    }
    await handling;
    expect([await reader.position(), reader.counters().published]).toEqual([1_000, 1_000]);
  });
});
