import { headerText } from '@gemel/model/headers';
import type { JsonObject } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import type { SubjectId } from '@gemel/model/policies';
import { liveOf, parseEnvelope } from '@gemel/model/protocol';
import type { LiveAnswer, LiveSignal } from '@gemel/model/protocol';
import { aPolicy, aThingState } from '@gemel/testkit/builders';
import { turns } from '@gemel/testkit/contracts';
import { MemoryLiveBus, VirtualTimers } from '@gemel/testkit/memory';
import { PolicyEnforcers } from '../policies/index.js';
import type { LogFields, Logger, StateStore } from '../ports/index.js';
import { LiveCounts } from './counters.js';
import { LiveHub } from './live-hub.js';
import { WaitingRoom } from './waiting-room.js';

const owner = parseSubjectId('test:owner');
const WAIT = { timeoutMs: 1_000, labels: ['live-response'] } as const;

function read(topic: string, path: string, rest: JsonObject = {}): LiveSignal | LiveAnswer {
  return liveOf(parseEnvelope({ topic: `example/thing/things/live/${topic}`, path, ...rest }));
}

function ask(id: string, rest: JsonObject = {}): LiveSignal {
  const live = read('messages/ask', '/inbox/messages/ask', {
    headers: { 'correlation-id': id, timeout: '1' },
    ...rest,
  });
  if ('status' in live) throw new Error('an answer');
  return live;
}

function answerTo(id: string, topic = 'messages/ask', path = '/inbox/messages/ask'): LiveAnswer {
  const live = read(topic, path, { headers: { 'correlation-id': id }, status: 200, value: id });
  if (!('status' in live)) throw new Error('a signal');
  return live;
}

/** Hubs of one or two processes, on one bus and a store that may be slow. */
function open() {
  const bus = new MemoryLiveBus();
  const timers = new VirtualTimers();
  const clock = { now: () => timers.now() };
  const warned: LogFields[] = [];
  const ignore = (): void => undefined;
  const log: Logger = { error: ignore, warn: (fields) => warned.push(fields), info: ignore, debug: ignore };
  const store = { look: () => Promise.resolve() };
  const states: StateStore = {
    thing: async () => {
      await store.look();
      return aThingState({});
    },
    policy: () => Promise.resolve({ policy: aPolicy(), revision: 1, created: 0, modified: 0, deleted: false }),
  };
  const parts = { states, enforcers: new PolicyEnforcers(states, clock), clock, timers, log };
  const hub = () => new LiveHub(bus, parts);
  const listen = (of: LiveHub, more: { subjects?: readonly SubjectId[]; origin?: string } = {}) => {
    const heard: string[] = [];
    const stream = of.subscribe({
      name: 'spec',
      subjects: [owner],
      wants: () => true,
      next: ({ signal }) => heard.push(headerText(signal.envelope.headers, 'correlation-id') ?? ''),
      ended: () => heard.push('ended'),
      ...more,
    });
    return { heard, stream };
  };
  return { hub, listen, timers, store, warned };
}

describe('LiveHub', () => {
  it('shows signals in their order, and none to whoever has sent it or may not read it', async () => {
    const { hub, listen } = open();
    const live = hub();
    const all = listen(live);
    const own = listen(live, { origin: 'connection:a' });
    const stranger = listen(live, { subjects: [parseSubjectId('test:stranger')] });
    live.tell(ask('1'), 'connection:a');
    live.tell(ask('2'), 'connection:b');
    live.tell(ask('3'));
    await turns(5);
    expect([all.heard, own.heard, stranger.heard]).toEqual([['1', '2', '3'], ['2', '3'], []]);
    all.stream.close();
    live.tell(ask('4'));
    await turns(5);
    expect(all.heard).toEqual(['1', '2', '3']);
  });

  it('answers who waits in another process', async () => {
    const { hub, listen } = open();
    const [here, there] = [hub(), hub()];
    const device = listen(there);
    const waiting = here.ask(ask('c'), WAIT);
    await turns(5);
    expect(device.heard).toEqual(['c']);
    expect(there.answer(answerTo('c'))).toEqual({ is: 'expected' });
    expect((await waiting).get('live-response')?.envelope.value).toBe('c');
    expect(here.counters()).toMatchObject({ messages: 1, answered: 1, timedOut: 0 });
    expect(there.counters()).toMatchObject({ messages: 0, delivered: 1 });
  });

  it('gives up at the deadline, and knows late, double, wrong and unasked answers', async () => {
    const { hub, timers } = open();
    const live = hub();
    const first = live.ask(ask('c'), WAIT);
    expect(live.answer(answerTo('c', 'commands/retrieve', '/'))).toMatchObject({ is: 'unexpected' });
    expect(live.answer(answerTo('c'))).toEqual({ is: 'expected' });
    expect(live.answer(answerTo('c'))).toEqual({ is: 'surplus' });
    await first;
    const second = live.ask(ask('d'), WAIT).catch((error: unknown) => error);
    await timers.advance(1_001);
    expect(await second).toMatchObject({ status: 408, code: 'command.timeout' });
    expect(live.answer(answerTo('d'))).toEqual({ is: 'unexpected', reason: 'it comes too late.' });
    expect(live.answer(answerTo('e'))).toMatchObject({ is: 'unexpected' });
    expect(live.counters()).toMatchObject({ answered: 1, timedOut: 1, surplus: 1, unexpected: 3 });
  });

  it('may be asked with the same correlation id again when the first is over', async () => {
    const { hub } = open();
    const live = hub();
    const first = live.ask(ask('c'), WAIT);
    expect(() => live.ask(ask('c'), WAIT)).toThrow(expect.objectContaining({ status: 409 }));
    live.answer(answerTo('c'));
    await first;
    const second = live.ask(ask('c'), WAIT);
    live.answer(answerTo('c'));
    expect((await second).size).toBe(1);
  });

  it('leaves out what a subscriber cannot take, and says so once', async () => {
    const { hub, listen, store, warned } = open();
    const live = hub();
    const { heard } = listen(live);
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    store.look = () => gate;
    for (let n = 0; n < 1_005; n++) live.tell(ask(String(n)));
    go();
    await turns(50);
    expect(heard).toHaveLength(1_000);
    expect(live.counters()).toMatchObject({ delivered: 1_000, dropped: 5 });
    expect(warned).toHaveLength(1);
  });

  it('goes on when the store fails', async () => {
    const { hub, listen, store } = open();
    const live = hub();
    const { heard } = listen(live);
    store.look = () => Promise.reject(new Error('away'));
    live.tell(ask('1'));
    await turns(5);
    store.look = () => Promise.resolve();
    live.tell(ask('2'));
    await turns(5);
    expect(heard).toEqual(['2']);
    expect(live.counters().dropped).toBe(1);
  });

  it('ends streams and waits when it closes', async () => {
    const { hub, listen } = open();
    const live = hub();
    const { heard } = listen(live);
    const waiting = live.ask(ask('c'), WAIT).catch((error: unknown) => error);
    await live.close();
    expect(await waiting).toMatchObject({ status: 408 });
    expect(heard).toEqual(['ended']);
    expect(() => live.ask(ask('d'), WAIT)).toThrow(expect.objectContaining({ status: 429 }));
  });
});

describe('WaitingRoom', () => {
  it('takes so many and no more', async () => {
    const room = new WaitingRoom(new VirtualTimers(), new LiveCounts(), 2);
    const waiting = [ask('a'), ask('b')].map((signal) => room.wait({ signal, ...WAIT }));
    expect(() => room.wait({ signal: ask('c'), ...WAIT })).toThrow(expect.objectContaining({ status: 429 }));
    expect(room.take(answerTo('a'))).toBe(true);
    await waiting[0];
    expect(room.size).toBe(1);
    expect(room.take(answerTo('x'))).toBe(false);
    expect(room.take(answerTo('b'))).toBe(true);
    await waiting[1];
  });

  it('has the place of a caller that has gone for others', async () => {
    const counts = new LiveCounts();
    const room = new WaitingRoom(new VirtualTimers(), counts, 1);
    const gone = new AbortController();
    const waiting = room.wait({ signal: ask('a'), ...WAIT, gone: gone.signal }).catch((error: unknown) => error);
    expect(() => room.wait({ signal: ask('b'), ...WAIT })).toThrow(expect.objectContaining({ status: 429 }));
    gone.abort();
    expect(await waiting).toMatchObject({ status: 408 });
    expect(room.size).toBe(0);
    expect(counts.snapshot()).toMatchObject({ abandoned: 1, timedOut: 0 });
    const late = room.wait({ signal: ask('b'), ...WAIT, gone: gone.signal }).catch((error: unknown) => error);
    expect(await late).toMatchObject({ status: 408 });
    expect(room.size).toBe(0);
  });

  it('waits for every label, and tells which came', async () => {
    const timers = new VirtualTimers();
    const room = new WaitingRoom(timers, new LiveCounts());
    const waiting = room.wait({ signal: ask('a'), timeoutMs: 1_000, labels: ['mine', 'yours', 'live-response'] });
    room.take(answerTo('a', 'acks/mine', '/'));
    room.take(answerTo('a', 'acks/nobodys', '/'));
    room.take(answerTo('a'));
    await timers.advance(1_000);
    expect([...(await waiting).keys()]).toEqual(['mine', 'live-response']);
  });
});
