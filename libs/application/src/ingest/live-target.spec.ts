import { parseConnection } from '@gemel/model/connections';
import type { Target } from '@gemel/model/connections';
import { parseThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { liveOf, parseEnvelope } from '@gemel/model/protocol';
import type { LiveAnswer, LiveSignal } from '@gemel/model/protocol';
import type { LiveSubscription } from '../messages/index.js';
import { PUBLISHED } from '../ports/index.js';
import type { LogFields, Logger, OutboundMessage, PublishOutcome } from '../ports/index.js';
import { LiveTarget } from './live-target.js';

function targetOf(change: JsonObject = {}): Target {
  const base = {
    address: 'out/{{ topic:criterion }}/{{ thing:name }}',
    topics: ['_/_/things/live/messages', '_/_/things/live/events?namespaces=other', '_/_/things/twin/events'],
    qos: 1,
    authorizationContext: ['nginx:ditto'],
  };
  const connection = parseConnection({
    id: 'cars',
    connectionType: 'mqtt',
    uri: 'mqtt://broker:1883',
    targets: [{ ...base, ...change }],
  });
  const [target] = connection.targets;
  if (target === undefined) throw new Error('no target');
  return target;
}

function signalOf(topic: string, path = '/inbox/messages/ask', rest: JsonObject = {}): LiveSignal {
  const headers = { 'correlation-id': 'c', 'ditto-originator': 'nginx:me', 'x-a': 1 };
  const live = liveOf(parseEnvelope({ topic, path, headers, ...rest }));
  if ('status' in live) throw new Error('an answer');
  return live;
}

const ask = (): LiveSignal => signalOf('x/car/things/live/messages/ask');

/** A target, what it has subscribed to, and what it publishes. */
class Opened {
  readonly subscriptions: LiveSubscription[] = [];
  readonly published: OutboundMessage[] = [];
  readonly warned: LogFields[] = [];
  readonly answered: LiveAnswer[] = [];
  publish: (message: OutboundMessage) => Promise<void> = (message) =>
    Promise.resolve(void this.published.push(message));
  hasReceivers = true;
  outcome = PUBLISHED;
  closed = 0;
  readonly target: LiveTarget;

  constructor(target = targetOf()) {
    const ignore = (): void => undefined;
    const log: Logger = { error: ignore, warn: (fields) => this.warned.push(fields), info: ignore, debug: ignore };
    this.target = new LiveTarget(target, {
      hub: {
        subscribe: (subscription) => {
          this.subscriptions.push(subscription);
          return { close: () => this.closed++ };
        },
        answer: (answer) => {
          this.answered.push(answer);
          return { is: 'expected' };
        },
      },
      publisher: {
        publish: (message) => this.publish(message).then(() => this.outcome),
        hasReceivers: () => this.hasReceivers,
      },
      clock: { now: () => 0 },
      log,
      origin: 'connection:cars',
      connectionId: 'cars',
    });
  }

  show(signal: LiveSignal): void {
    for (const { wants, next } of this.subscriptions) {
      if (wants(signal)) next({ signal, envelope: { shown: true }, thing: undefined });
    }
  }
}

describe('LiveTarget', () => {
  it('publishes the signals of its topics, with the rights of its subjects, and none of its own connection', () => {
    const opened = new Opened();
    for (const each of [
      ask(),
      signalOf('x/car/things/live/commands/retrieve', '/'),
      signalOf('x/car/things/live/events/modified', '/attributes'),
      signalOf('other/car/things/live/events/modified', '/attributes'),
    ])
      opened.show(each);
    expect(opened.published).toEqual([
      {
        address: 'out/messages/car',
        group: 'x:car',
        payload: '{"shown":true}',
        qos: 1,
        headers: { 'content-type': 'application/vnd.eclipse.ditto+json', 'correlation-id': 'c' },
      },
      expect.objectContaining({ address: 'out/events/car' }),
    ]);
    expect(opened.subscriptions.map(({ subjects, origin }) => [subjects, origin])).toEqual([
      [['nginx:ditto'], 'connection:cars'],
      [['nginx:ditto'], 'connection:cars'],
    ]);
  });

  it('acknowledges what its transport has taken, when that was asked for', async () => {
    const opened = new Opened(targetOf({ issuedAcknowledgementLabel: 'cars:sent' }));
    opened.show(
      signalOf('x/car/things/live/messages/ask', '/inbox/messages/ask', {
        headers: { 'correlation-id': 'c', 'requested-acks': ['cars:sent'] },
      }),
    );
    opened.show(ask());
    await opened.target.stop();
    expect(opened.answered).toMatchObject([
      {
        kind: 'acknowledgement',
        thingId: 'x:car',
        status: 200,
        envelope: { topic: { criterion: 'acks', label: 'cars:sent' }, headers: { 'correlation-id': 'c' } },
      },
    ]);
  });

  it.each<[string, PublishOutcome, JsonObject]>([
    [
      'its own words',
      { status: 418, headers: { 'content-type': 'text/plain' }, payload: new TextEncoder().encode('tea') },
      { status: 418, envelope: { value: 'tea', path: ['inbox', 'messages', 'ask'] } },
    ],
    ['nothing', { status: 204 }, { status: 204 }],
    [
      'a Ditto Protocol message',
      {
        status: 200,
        headers: { 'content-type': 'application/vnd.eclipse.ditto+json' },
        payload: new TextEncoder().encode(
          JSON.stringify({
            topic: 'x/car/things/live/messages/ask',
            path: '/outbox/messages/ask',
            status: 201,
            value: { a: 1 },
            headers: { 'correlation-id': 'other' },
          }),
        ),
      },
      { status: 201, envelope: { value: { a: 1 }, path: ['outbox', 'messages', 'ask'] } },
    ],
  ])('answers for a device when the other side says %s', async (_what, outcome, expected) => {
    const opened = new Opened(targetOf({ issuedAcknowledgementLabel: 'live-response' }));
    opened.outcome = outcome;
    opened.show(ask());
    await opened.target.stop();
    expect(opened.answered).toMatchObject([{ kind: 'response', thingId: 'x:car', ...expected }]);
    expect(opened.answered[0]?.envelope.headers).toMatchObject({ 'correlation-id': 'c' });
  });

  it('answers nothing that nobody asked for, and no events', async () => {
    const topics = ['_/_/things/live/messages', '_/_/things/live/events'];
    const opened = new Opened(targetOf({ topics, issuedAcknowledgementLabel: 'live-response' }));
    const headers = (more: JsonObject) => ({ headers: { 'correlation-id': 'c', ...more } });
    opened.show(
      signalOf('x/car/things/live/messages/ask', '/inbox/messages/ask', headers({ 'response-required': false })),
    );
    opened.show(signalOf('x/car/things/live/messages/ask', '/inbox/messages/ask', headers({ 'requested-acks': [] })));
    opened.show(signalOf('x/car/things/live/events/modified', '/attributes', { value: {} }));
    await opened.target.stop();
    expect([opened.published.length, opened.answered.length]).toEqual([3, 0]);
  });

  it('publishes once what several topics want', () => {
    const opened = new Opened(
      targetOf({ topics: ['_/_/things/live/messages', '_/_/things/live/messages?filter=exists(attributes/a)'] }),
    );
    opened.show(ask());
    expect([opened.subscriptions.length, opened.published.length]).toEqual([2, 1]);
    expect(opened.subscriptions[1]?.filter).toBe('exists(attributes/a)');
  });

  it('maps headers', () => {
    const headerMapping = { who: '{{ header:ditto-originator }}', c: '{{ connection:id }}', none: '{{ header:none }}' };
    const opened = new Opened(targetOf({ headerMapping }));
    opened.show(ask());
    expect(opened.published[0]?.headers).toEqual({
      'content-type': 'application/vnd.eclipse.ditto+json',
      who: 'nginx:me',
      c: 'cars',
    });
  });

  it('makes nothing that nobody would receive', () => {
    const opened = new Opened();
    opened.hasReceivers = false;
    opened.show(ask());
    expect(opened.published).toEqual([]);
  });

  it('counts what does not go out, and says so once', async () => {
    const opened = new Opened(targetOf({ address: 'out/{{ header:room }}' }));
    opened.show(ask());
    opened.show(ask());
    expect(opened.target.counters()).toEqual({ published: 0, filtered: 2, refused: 0 });
    expect(opened.warned).toHaveLength(1);
    const failing = new Opened();
    failing.publish = () => Promise.reject(new Error('away'));
    failing.show(ask());
    await failing.target.stop();
    expect(failing.target.counters()).toEqual({ published: 0, filtered: 0, refused: 1 });
    expect(failing.warned).toEqual([
      { target: 'out/{{ topic:criterion }}/{{ thing:name }}', thingId: parseThingId('x:car'), reason: 'away' },
    ]);
  });

  it('leaves out what the transport cannot take in time', async () => {
    const opened = new Opened();
    const waiting: (() => void)[] = [];
    opened.publish = () => new Promise((resolve) => waiting.push(resolve));
    for (let n = 0; n < 1_001; n++) opened.show(ask());
    expect(opened.target.counters().refused).toBe(1);
    for (const go of waiting) go();
    await opened.target.stop();
    expect(opened.target.counters().published).toBe(1_000);
    expect(opened.closed).toBe(2);
  });
});
