import { thingChange } from '@gemel/testkit/contracts';
import { bytesOf, toMessages } from './event-codec.js';
import { requestsOf } from './requests.js';

const messages = (...texts: readonly string[]) =>
  toMessages(
    texts.map((text, index) => ({ position: index + 1, event: thingChange('a:x', index + 1, { text }).event })),
    { partitions: 1, bytes: 0 },
  );

describe('requests', () => {
  it('hold as many messages as allowed, in order', () => {
    const all = messages(...'1234567');
    const requests = requestsOf(all, { messages: 3, bytes: 1_000_000 });
    expect(requests.map((request) => request.length)).toEqual([3, 3, 1]);
    expect(requests.flat()).toEqual(all);
  });

  it('hold as many bytes as allowed', () => {
    const all = messages(...'123456');
    const [first] = all;
    const bytes = 2 * (first === undefined ? 0 : bytesOf(first)) + 10;
    expect(requestsOf(all, { messages: 100, bytes }).map((request) => request.length)).toEqual([2, 2, 2]);
  });

  it('let a message that is larger go alone', () => {
    const all = messages('', 'x'.repeat(5_000), '');
    expect(requestsOf(all, { messages: 100, bytes: 2_000 }).map((request) => request.length)).toEqual([1, 1, 1]);
  });

  it('are none for nothing', () => {
    expect(requestsOf([], { messages: 10, bytes: 10 })).toEqual([]);
  });
});
