import { policyChange, thingChange } from '@gemel/testkit/contracts';
import { bytesOf, keyOf, parseMessage, toMessage } from './event-codec.js';

const recorded = { position: 7, event: thingChange('a:x', 3, { room: 'Küche' }).event };

describe('event codec', () => {
  it('reads what it wrote', () => {
    const policy = { position: 8, event: policyChange('a:p', 2).event };
    for (const each of [recorded, policy]) expect(parseMessage(toMessage(each))).toEqual(each);
  });

  it('keys things by their ID, and policies so that they cannot be taken for things', () => {
    expect(keyOf(recorded.event)).toBe('a:x');
    expect(keyOf(policyChange('a:x', 1).event)).toBe('policy/a:x');
  });

  it('names entity, revision and position in headers, and passes on a trace', () => {
    const trace = { traceparent: '00-1-2-01', tracestate: 'a=b', other: 'stays' };
    const headers = { ...recorded.event.headers, ...trace };
    expect(toMessage({ position: 7, event: { ...recorded.event, headers } }).headers).toEqual({
      position: '7',
      entity: 'thing',
      id: 'a:x',
      revision: '3',
      'correlation-id': 'a:x#3',
      traceparent: '00-1-2-01',
      tracestate: 'a=b',
    });
  });

  it('reads headers as they come, as bytes', () => {
    const { value, headers } = toMessage(recorded);
    const bytes = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
    expect(parseMessage({ value, headers: bytes })).toEqual(recorded);
  });

  it('takes nothing that others wrote', () => {
    const { value, headers } = toMessage(recorded);
    expect(parseMessage({ value: null, headers })).toBeUndefined();
    for (const text of ['no json', 'null', '1', '{}', '{"entity":"thing"}', '{"entity":"message","id":"a:x"}']) {
      expect(parseMessage({ value: Buffer.from(text), headers })).toBeUndefined();
    }
    for (const position of ['', '0', '-1', '1.5', 'x', '99999999999999999']) {
      expect(parseMessage({ value, headers: { position } })).toBeUndefined();
    }
    expect(parseMessage({ value, headers: {} })).toBeUndefined();
  });

  it('never thinks a message smaller than its parts', () => {
    const message = toMessage(recorded);
    const parts = Object.entries(message.headers).flat().join('').length + message.key.length + message.value.length;
    expect(bytesOf(message)).toBeGreaterThan(parts);
  });
});
