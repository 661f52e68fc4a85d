import { thingChange } from '@gemel/testkit/contracts';
import { bytesOf, toMessage } from './event-codec.js';
import { requestsOf } from './requests.js';

const message = (position: number, text = '') =>
  toMessage({ position, event: thingChange('a:x', position, { text }).event });

describe('requests', () => {
  it('hold as many messages as allowed, in order', () => {
    const messages = Array.from({ length: 7 }, (_, index) => message(index + 1));
    const requests = requestsOf(messages, { messages: 3, bytes: 1_000_000 });
    expect(requests.map((request) => request.length)).toEqual([3, 3, 1]);
    expect(requests.flat()).toEqual(messages);
  });

  it('hold as many bytes as allowed', () => {
    const messages = Array.from({ length: 6 }, (_, index) => message(index + 1));
    const bytes = 2 * bytesOf(message(1)) + 10;
    expect(requestsOf(messages, { messages: 100, bytes }).map((request) => request.length)).toEqual([2, 2, 2]);
  });

  it('let a message that is larger go alone', () => {
    const messages = [message(1), message(2, 'x'.repeat(5_000)), message(3)];
    expect(requestsOf(messages, { messages: 100, bytes: 2_000 }).map((request) => request.length)).toEqual([1, 1, 1]);
  });

  it('are none for nothing', () => {
    expect(requestsOf([], { messages: 10, bytes: 10 })).toEqual([]);
  });
});
