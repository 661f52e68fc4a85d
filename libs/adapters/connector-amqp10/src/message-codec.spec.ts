import type { OutboundMessage } from '@gemel/application/ports';
import rhea from 'rhea';
import type { Message } from 'rhea';

import { encodeMessage, headersOf, payloadOf } from './message-codec.js';

const outbound = (headers: Record<string, string>, payload: string | Uint8Array = 'text'): OutboundMessage => ({
  address: 'a',
  payload,
  qos: 1,
  headers,
});
/** Over the wire. */
const carried = (message: Message): Message => ({
  body: undefined,
  ...rhea.message.decode(rhea.message.encode(message)),
});
const received = (message: object): Message => carried(message as Message);

describe('AMQP 1.0 messages', () => {
  it('carry standard properties, application properties and annotations as headers', () => {
    const headers = {
      'message-id': 'm-1',
      'user-id': 'me',
      to: 'you',
      subject: 'set',
      'reply-to': 'answers',
      'correlation-id': 'c-1',
      'content-type': 'text/plain',
      'absolute-expiry-time': '1700000001000',
      'creation-time': '1700000000000',
      'group-id': 'g',
      'group-sequence': '7',
      'reply-to-group-id': 'r',
      'device-id': 'd',
      'amqp.application.property:to': 'another you',
      'amqp.message.annotation:to': 'a third you',
    };
    expect(headersOf(carried(encodeMessage(outbound(headers))))).toEqual(headers);
  });

  it('leave a property away that its value cannot be', () => {
    expect(headersOf(carried(encodeMessage(outbound({ 'creation-time': 'yesterday' }))))).toEqual({});
  });

  it('give values of every type as texts, and reach no prototype', () => {
    const application_properties = { N: 1, yes: true, none: null, ['__proto__']: 'x', bytes: Buffer.from('b') };
    expect(headersOf(received({ application_properties, correlation_id: 5 }))).toEqual({
      n: '1',
      yes: 'true',
      bytes: 'b',
      'correlation-id': '5',
    });
  });

  it.each([
    ['a text', { body: 'ä' }, Buffer.from('ä')],
    ['data', { body: rhea.message.data_section(Buffer.from([0, 255])) as unknown }, Buffer.from([0, 255])],
    [
      'data in pieces',
      { body: rhea.message.data_sections([Buffer.from('a'), Buffer.from('b')]) as unknown },
      Buffer.from('ab'),
    ],
    ['nothing', {}, Buffer.alloc(0)],
    ['a map', { body: { a: 1 } }, Buffer.from('{"a":1}')],
  ])('bring %s as bytes', (_, message, expected) => {
    expect(Buffer.from(payloadOf(received(message)))).toEqual(expected);
  });

  it('carry bytes as data, a text as a value', () => {
    expect(payloadOf(carried(encodeMessage(outbound({}, Uint8Array.from([0, 200])))))).toEqual(Buffer.from([0, 200]));
    expect(carried(encodeMessage(outbound({}, 'text'))).body).toBe('text');
  });
});
