import type { Message } from 'amqplib';

import { headersOf, publishOptions } from './properties.js';

const message = (properties: object) => ({ properties }) as Pick<Message, 'properties'>;

describe('AMQP 0.9.1 properties', () => {
  it('become headers, in lower case, with the names that Ditto gives them', () => {
    const headers = { Device: 'd', n: 1, nested: { a: [1] }, none: null, bytes: Buffer.from('b'), ['__proto__']: 'x' };
    const properties = { headers, contentType: 'text/plain', correlationId: 'c', replyTo: 'r', messageId: 'm' };
    expect(headersOf(message(properties))).toEqual({
      device: 'd',
      n: '1',
      nested: '{"a":[1]}',
      bytes: 'b',
      'content-type': 'text/plain',
      'correlation-id': 'c',
      'reply-to': 'r',
      'message-id': 'm',
    });
  });

  it('need not be there', () => {
    expect(headersOf(message({ headers: undefined }))).toEqual({});
  });

  it('are made of headers, and every message is kept by the broker and returned when nobody wants it', () => {
    expect(publishOptions({ 'content-type': 'a/b', 'correlation-id': 'c', 'reply-to': 'r', other: 'o' })).toEqual({
      persistent: true,
      mandatory: true,
      contentType: 'a/b',
      correlationId: 'c',
      replyTo: 'r',
      headers: { other: 'o' },
    });
  });
});
