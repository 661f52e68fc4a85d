import { policyChange, thingChange } from '@gemel/testkit/contracts';
import type { RecordedEvent } from '@gemel/application/ports';
import fc from 'fast-check';
import { bytesOf, keyOf, parseMessage, toMessages } from './event-codec.js';
import type { EventMessage } from './event-codec.js';

const recorded = { position: 7, event: thingChange('a:x', 3, { room: 'Küche' }).event };
const TRACE = { traceparent: '00-1-2-01', tracestate: 'a=b', other: 'stays' };
const traced = { position: 8, event: { ...recorded.event, headers: { ...recorded.event.headers, ...TRACE } } };
const LIMITS = { partitions: 4, bytes: 2_000 };

const messageOf = (event: RecordedEvent): EventMessage => {
  const [message, ...others] = toMessages([event], LIMITS);
  if (message === undefined || others.length > 0) throw new Error('not one message');
  return message;
};

describe('event codec', () => {
  it('reads what it wrote', () => {
    const policy = { position: 8, event: policyChange('a:p', 2).event };
    for (const each of [recorded, policy, traced]) expect(parseMessage(messageOf(each))).toEqual([each]);
  });

  it('keeps all events, and their order in a partition, whatever they share a message with', () => {
    const events = fc.array(fc.record({ thing: fc.nat(9), isTraced: fc.boolean(), text: fc.string() }));
    fc.assert(
      fc.property(
        events,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 2_000 }),
        (made, partitions, bytes) => {
          const all: RecordedEvent[] = made.map(({ thing, isTraced, text }, index) => {
            const { event } = thingChange(`a:${thing}`, index + 1, { text });
            return { position: index + 1, event: isTraced ? { ...event, headers: TRACE } : event };
          });
          const messages = toMessages(all, { partitions, bytes });
          const read = messages.flatMap((message) =>
            (parseMessage(message) ?? []).map((each) => ({ each, partition: message.partition })),
          );
          expect(read.map(({ each }) => each).toSorted((a, b) => a.position - b.position)).toEqual(all);
          expect(messages.map(({ count }) => count).reduce((a, b) => a + b, 0)).toBe(all.length);
          for (let partition = 0; partition < partitions; partition += 1) {
            const positions = read.flatMap((one) => (one.partition === partition ? one.each.position : []));
            expect(positions).toEqual(positions.toSorted((a, b) => a - b));
          }
          expect(new Set(read.map(({ each, partition }) => `${each.event.id} ${partition}`)).size).toBe(
            new Set(all.map(({ event }) => event.id)).size,
          );
        },
      ),
    );
  });

  it('puts events of one partition into one message, as far as there is room', () => {
    const events = [1, 2, 3].map((position) => ({ ...recorded, position }));
    expect(toMessages(events, { partitions: 1, bytes: 10_000 }).map(({ count }) => count)).toEqual([3]);
    expect(toMessages(events, { partitions: 1, bytes: 10 }).map(({ count }) => count)).toEqual([1, 1, 1]);
  });

  it('takes the text that is at hand', () => {
    const text = JSON.stringify(recorded.event);
    expect(messageOf({ ...recorded, text }).value.toString()).toBe(`[7,${text}]`);
  });

  it('keys things by their ID, and policies so that they cannot be taken for things', () => {
    expect(keyOf(recorded.event)).toBe('a:x');
    expect(keyOf(policyChange('a:x', 1).event)).toBe('policy/a:x');
  });

  it('gives an event that belongs to a trace a message of its own, whose headers tell', () => {
    expect(messageOf(traced)).toMatchObject({
      key: 'a:x',
      headers: {
        position: '8',
        entity: 'thing',
        id: 'a:x',
        revision: '3',
        'correlation-id': 'a:x#3',
        traceparent: '00-1-2-01',
        tracestate: 'a=b',
      },
    });
  });

  it('reads headers as they come, as bytes', () => {
    const { value, headers } = messageOf(traced);
    const bytes = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
    expect(parseMessage({ value, headers: bytes })).toEqual([traced]);
  });

  it('takes nothing that others wrote', () => {
    const { value, headers } = messageOf(traced);
    expect(parseMessage({ value: null, headers })).toBeUndefined();
    for (const text of ['no json', 'null', '1', '{}', '{"entity":"thing"}', '{"entity":"message","id":"a:x"}']) {
      expect(parseMessage({ value: Buffer.from(text), headers })).toBeUndefined();
    }
    for (const position of ['', '0', '-1', '1.5', 'x', '99999999999999999']) {
      expect(parseMessage({ value, headers: { position } })).toBeUndefined();
    }
    expect(parseMessage({ value, headers: {} })).toBeUndefined();
    const text = JSON.stringify(recorded.event);
    for (const packed of [
      '[]',
      '[1]',
      `[${text}]`,
      `["1",${text}]`,
      `[0,${text}]`,
      `[1,${text},2]`,
      `[1,${text},2,{}]`,
    ]) {
      expect(parseMessage({ value: Buffer.from(packed), headers: {} })).toBeUndefined();
    }
  });

  it('never thinks a message smaller than its parts', () => {
    const message = messageOf(traced);
    const parts = Object.entries(message.headers).flat().join('').length + (message.key?.length ?? 0);
    expect(bytesOf(message)).toBeGreaterThan(parts + message.value.length);
  });
});
