import { HeaderInvalid, parseLabels, parseLiveHeaders } from './index.js';

const read = (headers: Readonly<Record<string, string>>) => parseLiveHeaders((name) => headers[name]);

describe('parseLiveHeaders', () => {
  it.each([
    {},
    { channel: 'twin' },
    { channel: 'LIVE' },
    { timeout: '1', 'live-channel-timeout-strategy': 'use-twin' },
  ])('finds nothing in %j', (headers) => {
    expect(read(headers)).toBeUndefined();
  });

  it('reads what a live command is to do', () => {
    expect(
      read({
        channel: 'live',
        timeout: '500ms',
        'response-required': 'false',
        'requested-acks': '["a","live-response"]',
        'live-channel-timeout-strategy': 'use-twin',
      }),
    ).toEqual({
      channel: 'live',
      condition: undefined,
      strategy: 'use-twin',
      timeoutMs: 500,
      responseRequired: false,
      requestedAcks: ['a', 'live-response'],
    });
    expect(read({ 'live-channel-condition': 'exists(attributes)' })).toMatchObject({
      channel: 'twin',
      condition: 'exists(attributes)',
      strategy: 'fail',
    });
  });

  it('refuses an unknown strategy', () => {
    expect(() => read({ 'live-channel-timeout-strategy': 'give-up' })).toThrow(HeaderInvalid);
  });

  it.each([
    ['a,b', ['a', 'b']],
    [' [ "a" , "b:c" ] ', ['a', 'b:c']],
    ['', []],
    ['[]', []],
  ])('reads the labels %j', (text, labels) => {
    expect(parseLabels(text)).toEqual(labels);
  });
});
