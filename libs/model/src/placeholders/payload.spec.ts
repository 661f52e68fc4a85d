import fc from 'fast-check';
import type { JsonValue } from '../json/index.js';
import { resolvePayload } from './index.js';

const context = { subjectId: 'nginx:ditto', now: Date.UTC(2024, 0, 6, 14, 23, 42, 123) };

describe('Things: Placeholders in bodies', () => {
  it.each<[JsonValue, JsonValue]>([
    ['{{ request:subjectId }}', 'nginx:ditto'],
    ['by {{request:subjectId}}, at {{ time:now }}', 'by nginx:ditto, at 2024-01-06T14:23:42.123Z'],
    ['{{ time:now_epoch_millis }}', '1704551022123'],
    ['{{ time:now-7d }}', '2023-12-30T14:23:42.123Z'],
    ['{{ time:now[h] }}', '2024-01-06T14:00:00Z'],
    ["{{ request:subjectId | fn:substring-after(':') }}", 'ditto'],
    ['${request.subjectId}', 'nginx:ditto'],
    [{ a: [{ b: '{{ time:now }}' }, 1] }, { a: [{ b: '2024-01-06T14:23:42.123Z' }, 1] }],
    ['{{ thing:id }}', '{{ thing:id }}'],
    ['{{ thing:id }} {{ time:now }}', '{{ thing:id }} {{ time:now }}'],
    ['{{ time:then }}', '{{ time:then }}'],
    ['{{ request:name }}', '{{ request:name }}'],
    ["{{ time:now | fn:nonsense('x') }}", "{{ time:now | fn:nonsense('x') }}"],
    ["{{ request:subjectId | fn:filter('like','x') }}", "{{ request:subjectId | fn:filter('like','x') }}"],
    ['{{ time:now', '{{ time:now'],
    ['{"a":1}', '{"a":1}'],
    [{ '{{ request:subjectId }}': 1 }, { '{{ request:subjectId }}': 1 }],
  ])('%j becomes %j', (payload, expected) => expect(resolvePayload(payload, context)).toEqual(expected));

  it('is the value itself when there is nothing to replace', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (payload) => {
        expect(resolvePayload(payload as JsonValue, context)).toBe(payload);
      }),
    );
  });

  it('takes no longer for texts made to look like placeholders', () => {
    const started = process.cpuUsage().user;
    for (const text of [
      '{{'.repeat(50_000),
      `${'{{ time:now'.repeat(9_000)}}}`,
      '{'.repeat(100_000),
      '{{}}'.repeat(25_000),
    ]) {
      expect(resolvePayload(text, context)).toBe(text);
    }
    expect(process.cpuUsage().user - started).toBeLessThan(2_000_000);
  });
});
