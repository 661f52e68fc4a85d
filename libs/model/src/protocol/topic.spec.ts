import fc from 'fast-check';

import { formatTopic, parseTopic } from './topic.js';
import type { Topic } from './topic.js';

const word = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !text.includes('/'));
const action = fc.constantFrom('create', 'retrieve', 'modify', 'merge', 'delete', 'migrate');
const entity = { namespace: word, name: word };
const things = { ...entity, group: fc.constant('things'), channel: fc.constantFrom('twin', 'live') };
const topics = fc.oneof(
  fc.record({ ...things, criterion: fc.constant('commands'), action }),
  fc.record({ ...things, criterion: fc.constant('events'), action: fc.constantFrom('created', 'merged', 'deleted') }),
  fc.record({ ...things, criterion: fc.constant('search'), action: fc.constantFrom('subscribe', 'next', 'failed') }),
  fc.record({ ...things, criterion: fc.constant('streaming'), action: fc.constant('subscribeForPersistedEvents') }),
  fc.record({
    ...things,
    criterion: fc.constant('messages'),
    subject: fc.array(word, { minLength: 1 }).map((w) => w.join('/')),
  }),
  fc.record({ ...things, criterion: fc.constant('acks'), label: word }),
  fc.record({ ...things, criterion: fc.constant('acks') }),
  fc.record({ ...things, criterion: fc.constant('errors') }),
  fc.record({
    ...entity,
    group: fc.constant('policies'),
    criterion: fc.constant('commands'),
    action: fc.constant('checkPermissions'),
  }),
  fc.record({ ...entity, group: fc.constant('policies'), criterion: fc.constant('announcements'), announcement: word }),
  fc.record({
    ...entity,
    group: fc.constant('connections'),
    criterion: fc.constant('announcements'),
    announcement: word,
  }),
) as fc.Arbitrary<Topic>;

describe('topics', () => {
  it('come back from their text as they were', () => {
    fc.assert(
      fc.property(topics, (topic) => {
        expect(parseTopic(formatTopic(topic))).toEqual(topic);
      }),
    );
  });

  it.each([
    'org.eclipse.ditto/device-123/things/twin/commands/create',
    'a/b/things/live/messages/hello/world',
    '_/_/things/twin/search/subscribe',
    'a/b/policies/commands/retrieve',
    'a/b/things/twin/acks',
    '_/my-connection/connections/announcements/opened',
    '/name/things/twin/events/merged',
  ])('prints %s as it was read', (text) => {
    expect(formatTopic(parseTopic(text))).toBe(text);
  });

  it.each([
    '',
    '/',
    'a/b',
    'a/b/things',
    'a/b/things/twin',
    'a/b/things/commands/create',
    'a/b/things/both/commands/create',
    'a/b/things/twin/commands',
    'a/b/things/twin/commands/explode',
    'a/b/things/twin/commands/create/more',
    'a/b/things/twin/messages',
    'a/b/things/twin/messages/',
    'a/b/things/twin/acks/',
    'a/b/policies/twin/commands/create',
    'a/b/policies/commands/merge',
    'a/b/gadgets/twin/commands/create',
    '__proto__/constructor/toString/__proto__/hasOwnProperty/valueOf',
  ])('refuses %j with protocoladapter:unknown.topicpath', (text) => {
    expect(() => parseTopic(text)).toThrow(
      expect.objectContaining({ code: 'protocoladapter:unknown.topicpath', status: 400 }),
    );
  });

  it('does not repeat a huge topic in its error', () => {
    const huge = 'x'.repeat(1_000_000);
    expect(() => parseTopic(huge)).toThrow(expect.objectContaining({ message: expect.not.stringContaining(huge) }));
  });
});
