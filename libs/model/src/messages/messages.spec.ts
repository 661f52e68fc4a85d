import * as fc from 'fast-check';
import { mailboxPath, messageAddressAt, messagePath, parseSubject, payloadContent, payloadValue } from './index.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the payload of a message', () => {
  it.each([
    ['text/plain', 'Hey, how are you?', 'Hey, how are you?'],
    ['text/plain; charset=utf-8', 'grün', 'grün'],
    ['application/javascript', 'let x', 'let x'],
    ['application/json', ' {"a": [1, null]} ', { a: [1, null] }],
    ['Application/JSON; charset=utf-8', '"x"', 'x'],
    ['application/vnd.acme+json', '{"a":1}', { a: 1 }],
    ['application/vnd.acme+json', 'no json', 'no json'],
    ['application/octet-stream', 'abc', 'YWJj'],
    ['image/png', 'abc', 'YWJj'],
    [undefined, 'abc', 'YWJj'],
    ['nonsense', 'abc', 'YWJj'],
  ])('%s: %j is %j in the Ditto Protocol', (contentType, text, value) => {
    expect(payloadValue(bytes(text), contentType)).toEqual(value);
  });

  it('is decoded by its charset, and as UTF-8 when nobody knows it', () => {
    expect(payloadValue(Uint8Array.of(0x67, 0xfc), 'text/plain;charset="iso-8859-1"')).toBe('gü');
    expect(payloadValue(bytes('gü'), 'text/plain;charset=klingon')).toBe('gü');
  });

  it('is refused when it says that it is JSON and is not', () => {
    expect(() => payloadValue(bytes('{'), 'application/json')).toThrow(
      expect.objectContaining({ code: 'json.invalid' }),
    );
  });

  it.each([
    ['text/plain', 'yes', 'yes'],
    ['text/plain', { a: 1 }, '{"a":1}'],
    ['application/json', 'yes', '"yes"'],
    ['application/json', null, 'null'],
    ['application/octet-stream', 'YWJj', bytes('abc')],
    ['application/octet-stream', 'no base64!', 'no base64!'],
    [undefined, 'YWJj', 'YWJj'],
    ['nonsense', 'YWJj', 'YWJj'],
    [undefined, [1], '[1]'],
  ])('of an answer, %s: %j is %j outside', (contentType, value, content) => {
    expect(payloadContent(value, contentType)).toEqual(content);
  });

  it('survives the way through the protocol', () => {
    const payload = fc.uint8Array({ maxLength: 20_000, size: 'max' });
    fc.assert(
      fc.property(payload, (content) => {
        const type = 'application/octet-stream';
        expect(payloadContent(payloadValue(content, type), type)).toEqual(content);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the address of a message', () => {
  it.each([
    [{ direction: 'TO', subject: 'ask' }, ['inbox', 'messages', 'ask']],
    [{ direction: 'FROM', subject: 'a/b' }, ['outbox', 'messages', 'a', 'b']],
    [{ direction: 'TO', featureId: 'lamp', subject: 'ask' }, ['features', 'lamp', 'inbox', 'messages', 'ask']],
  ] as const)('%j is the path %j', (address, path) => {
    expect(messagePath(address)).toEqual(path);
    expect(messageAddressAt(path)).toEqual(address);
  });

  it.each([
    [[]],
    [['inbox']],
    [['inbox', 'messages']],
    [['inbox', 'claim']],
    [['attributes', 'messages', 'x']],
    [['features', 'f', 'messages', 'x']],
    [['features']],
  ])('is not %j', (path) => {
    expect(messageAddressAt(path)).toBeUndefined();
  });

  it('begins with its mailbox', () => {
    expect(mailboxPath('FROM', 'f')).toEqual(['features', 'f', 'outbox', 'messages']);
  });

  it.each([
    ['ask', 'ask'],
    ['/ask', 'ask'],
    ['ask/me/now', 'ask/me/now'],
    ['a b', 'a%20b'],
    ['grün%', 'gr%C3%BCn%25'],
    ['__proto__', '__proto__'],
    ["it's-(_.~)!*;:@&=+$,", "it's-(_.~)!*;:@&=+$,"],
  ])('has the subject %j as %j', (text, subject) => {
    expect(parseSubject(text)).toBe(subject);
  });

  it.each(['', '/', 'a//b', 'a/', 'a\u0000', 'a\nb', 'x'.repeat(3_000)])('has no subject %j', (text) => {
    expect(() => parseSubject(text)).toThrow(
      expect.objectContaining({ code: 'messages:subject.invalid', status: 400 }),
    );
  });
});
