import type { IHeaders, KafkaMessage } from 'kafkajs';

import { hasExpired, headersOf, outgoingHeaders } from './kafka-headers.js';

const record = ({ key = null, headers = {} }: { key?: Buffer | null; headers?: IHeaders } = {}): KafkaMessage => ({
  key,
  value: null,
  timestamp: '17',
  attributes: 0,
  offset: '0',
  headers,
});

describe('headers of Kafka records', () => {
  it('are those of the record, in lower case, with what Ditto adds', () => {
    const headers = {
      Content: Buffer.from('x'),
      twice: ['a', Buffer.from('b')],
      gone: undefined,
      odd: Buffer.from([0xff, 0x41]),
    };
    expect(headersOf('t', record({ key: Buffer.from('k'), headers }))).toEqual({
      content: 'x',
      twice: 'a,b',
      odd: '\uFFFDA',
      'kafka.topic': 't',
      'kafka.key': 'k',
      'kafka.timestamp': '17',
    });
  });

  it('have no prototype to reach, nor a key that the record has not', () => {
    const headers = headersOf('t', record({ headers: JSON.parse('{"__proto__":"x"}') as IHeaders }));
    expect(Object.keys(headers)).toEqual(['kafka.topic', 'kafka.timestamp']);
  });

  it('go out without those about another record', () => {
    expect(outgoingHeaders({ 'kafka.topic': 't', 'correlation-id': 'c' })).toEqual({ 'correlation-id': 'c' });
  });

  it.each([
    [{}, false],
    [{ 'creation-time': '1000' }, false],
    [{ ttl: '10' }, false],
    [{ 'creation-time': 'yesterday', ttl: '10' }, false],
    [{ 'creation-time': '1000', ttl: '500' }, true],
    [{ 'creation-time': '1000', ttl: '1000' }, false],
  ])('%j at 2000: over %s', (headers, expected) => {
    expect(hasExpired(headers, 2_000)).toBe(expected);
  });
});
