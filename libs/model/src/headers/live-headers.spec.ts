import { HeaderInvalid, parseLiveHeaders, parseRequestedAcks } from './index.js';

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
        'requested-acks': '["abc","live-response"]',
        'live-channel-timeout-strategy': 'use-twin',
      }),
    ).toEqual({
      channel: 'live',
      condition: undefined,
      strategy: 'use-twin',
      timeoutMs: 500,
      responseRequired: false,
      requestedAcks: ['abc', 'live-response'],
    });
    expect(read({ 'live-channel-condition': 'exists(attributes)' })).toMatchObject({
      channel: 'twin',
      condition: 'exists(attributes)',
      strategy: 'fail',
    });
  });

  it.each(['', 'x', 'alive'])('refuses the channel %j', (channel) => {
    expect(() => read({ channel })).toThrow(HeaderInvalid);
  });

  it('refuses an unknown strategy', () => {
    expect(() => read({ 'live-channel-timeout-strategy': 'give-up' })).toThrow(HeaderInvalid);
  });

  it.each([
    ['abc,def', ['abc', 'def']],
    [' [ "abc" , "b:c" ] ', ['abc', 'b:c']],
    ['', []],
    ['[]', []],
  ])('reads the labels %j', (text, labels) => {
    expect(parseRequestedAcks(text)).toEqual(labels);
  });
});
