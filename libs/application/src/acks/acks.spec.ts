import fc from 'fast-check';
import { parseThingId } from '@gemel/model/ids';
import { formatEnvelope, parseEnvelope, twinAckOf } from '@gemel/model/protocol';
import { MemoryLiveBus, VirtualTimers } from '@gemel/testkit/memory';
import { AckCollections, AckExchange, acksJson, combinedStatus } from './index.js';
import type { Ack } from './index.js';
import { beginCollection, stepCollection } from './collection.js';
import type { CollectionInput } from './collection.js';

const ack = (label: string, status = 200): Ack => ({ label, status, headers: {} });

describe('a collection of acknowledgements', () => {
  it('is complete when all are there, in the order in which they were asked for', () => {
    const one = stepCollection(beginCollection(['abc', 'def']), { type: 'acknowledged', ack: ack('def') });
    expect(one.at).toBe('collecting');
    expect(stepCollection(one, { type: 'acknowledged', ack: ack('abc', 500) })).toEqual({
      at: 'complete',
      acks: [ack('abc', 500), ack('def')],
    });
    expect(beginCollection([])).toEqual({ at: 'complete', acks: [] });
  });

  it('has failures in place of those that have not come in time', () => {
    const begun = stepCollection(beginCollection(['abc', 'def']), { type: 'acknowledged', ack: ack('abc') });
    const ended = stepCollection(begun, { type: 'elapsed', timeoutMs: 42_000, correlationId: 'c' });
    expect(ended).toMatchObject({
      acks: [
        ack('abc'),
        {
          label: 'def',
          status: 408,
          payload: { error: 'acknowledgement:request.timeout', message: expect.stringContaining('42,000ms') as string },
          headers: { 'correlation-id': 'c' },
        },
      ],
    });
  });

  it('ends once, with one acknowledgement for each label, whatever comes', () => {
    const label = fc.constantFrom('abc', 'def', 'other');
    const input: fc.Arbitrary<CollectionInput> = fc.oneof(
      fc.record({
        type: fc.constant('acknowledged' as const),
        ack: fc.tuple(label, fc.integer()).map(([l, s]) => ack(l, s)),
      }),
      fc.constant({ type: 'elapsed' as const, timeoutMs: 1, correlationId: 'c' }),
    );
    fc.assert(
      fc.property(fc.array(input), (inputs) => {
        let collection = beginCollection(['abc', 'def']);
        for (const next of inputs) {
          const after = stepCollection(collection, next);
          if (collection.at === 'complete') expect(after).toBe(collection);
          collection = after;
        }
        const ended = stepCollection(collection, { type: 'elapsed', timeoutMs: 1, correlationId: 'c' });
        const firstOf = (name: string) =>
          inputs
            .slice(0, inputs.findIndex(({ type }) => type === 'elapsed') >>> 0)
            .find((i) => i.type === 'acknowledged' && i.ack.label === name);
        expect(ended).toMatchObject({ at: 'complete', acks: [{ label: 'abc' }, { label: 'def' }] });
        const first = firstOf('abc');
        if (first?.type === 'acknowledged') expect(ended).toMatchObject({ acks: [first.ack, {}] });
      }),
    );
  });
});

describe('the collections of a process', () => {
  it('give subscribers’ acknowledgements to who waits for them, until the time is up', async () => {
    const timers = new VirtualTimers();
    const collections = new AckCollections(timers);
    const opened = collections.open('c', ['custom', 'twin-persisted'], 1_000);
    expect(() => collections.open('c', ['custom'], 1_000)).toThrow("'c'");
    collections.open('c', ['twin-persisted'], 1_000).close();
    expect(collections.receive('d', ack('custom'))).toBe(false);
    expect(collections.receive('c', ack('custom'))).toBe(true);
    await timers.advance(1_000);
    expect((await opened.acks).map(({ status }) => status)).toEqual([200, 408]);
    expect(collections.receive('c', ack('custom'))).toBe(false);
    collections.open('c', ['custom'], 1_000).close();
    expect(collections.receive('c', ack('custom'))).toBe(false);
  });
});

describe('acknowledgements of subscribers', () => {
  const silent = (): void => undefined;
  const log = { error: silent, warn: silent, info: silent, debug: silent };
  const envelope = (topic: string) =>
    parseEnvelope({
      topic: `x/car/things/${topic}`,
      path: '/',
      headers: { 'correlation-id': 'c', 'ditto-originator': 'a:b' },
      status: 204,
      value: { ok: true },
    });

  it('reach who waits for them in another process, without internal headers', async () => {
    const bus = new MemoryLiveBus();
    const [here, there] = [new AckCollections(new VirtualTimers()), new AckCollections(new VirtualTimers())];
    const [, exchange] = [new AckExchange(bus, here, log), new AckExchange(bus, there, log)];
    const opened = here.open('c', ['my:ack'], 1_000);
    exchange.issue(twinAckOf(envelope('twin/acks/my:ack')));
    expect(await opened.acks).toEqual([
      { label: 'my:ack', status: 204, payload: { ok: true }, headers: { 'correlation-id': 'c', version: 2 } },
    ]);
    await exchange.close();
  });

  it('are told from everything else on the way, and from what cannot be read', () => {
    const bus = new MemoryLiveBus();
    const received: unknown[] = [];
    new AckExchange(bus, { receive: (...ack) => received.push(ack) > 0 }, log);
    const thingId = parseThingId('x:car');
    for (const json of [
      formatEnvelope(envelope('live/acks/my:ack')),
      formatEnvelope(envelope('twin/acks/twin-persisted')),
      { topic: 'x/car/things/twin/acks/my:ack', path: 7 },
      { topic: 7 },
      { topic: 'x/car/things/live/messages/x/things/twin/acks/y', path: '/inbox/messages/x/things/twin/acks/y' },
    ])
      bus.publish({ entityId: thingId, envelope: json });
    expect(received).toEqual([]);
  });
});

describe('several acknowledgements', () => {
  it.each([
    [[ack('abc', 201)], 201],
    [[ack('abc', 503)], 503],
    [[ack('abc', 201), ack('def', 204)], 200],
    [[ack('abc', 201), ack('def', 400)], 424],
  ])('%j together are %i', (acks, status) => expect(combinedStatus(acks)).toBe(status));

  it('are JSON by label', () => {
    expect(acksJson([ack('abc', 204), { ...ack('__proto__', 201), payload: null }])).toEqual(
      JSON.parse('{"abc":{"status":204,"headers":{}},"__proto__":{"status":201,"payload":null,"headers":{}}}'),
    );
  });
});
