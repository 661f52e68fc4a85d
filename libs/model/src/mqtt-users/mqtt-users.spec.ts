import fc from 'fast-check';
import { parseThingId } from '../ids/index.js';
import { matchesFilter } from '../topics/index.js';
import { credentialName } from './device-credential.js';
import { MqttUserInvalid } from './errors.js';
import { mqttUserJson, parseMqttUser } from './parse-mqtt-user.js';
import { topicAccess } from './topic-access.js';
import { coversFilter, publishedThingId, resolveTopicPattern } from './topic-pattern.js';

const levels = fc.array(fc.constantFrom('a', 'b', '', 'c'), { minLength: 1, maxLength: 4 });
const filters = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', '', '+'), { maxLength: 3 }), fc.constantFrom('#', 'a', '+'))
  .map(([first, last]) => [...first, last].join('/'));

describe('coversFilter', () => {
  it.each([
    ['#', 'a/+/#', true],
    ['a/#', 'a', true],
    ['a/#', 'a/#', true],
    ['a/+', 'a/b', true],
    ['a/+', 'a/+', true],
    ['a/+', 'a/#', false],
    ['a/+', 'a', false],
    ['a', 'a/#', false],
    ['a/b', 'a/+', false],
    ['+/b', '#', false],
    ['#', '$SYS/#', false],
    ['+/broker', '$SYS/broker', false],
    ['$SYS/#', '$SYS/broker/#', true],
  ])('%s covers %s: %s', (filter, other, expected) => {
    expect(coversFilter(filter, other)).toBe(expected);
  });

  it('lets through no topic that the covering filter does not match', () => {
    fc.assert(
      fc.property(filters, filters, levels, (filter, other, names) => {
        const topic = names.join('/');
        fc.pre(coversFilter(filter, other) && matchesFilter(other, topic));
        return matchesFilter(filter, topic);
      }),
    );
  });
});

describe('resolveTopicPattern', () => {
  const context = { username: 'sensor', clientId: 'c1', thingId: 'org.lab:s-1' };

  it('puts in who the client is', () => {
    const pattern = '{{ user:name }}/{{client:id}}/{{ thing:id }}/{{ thing:namespace }}/{{ thing:name }}/#';
    expect(resolveTopicPattern(pattern, context)).toBe('sensor/c1/org.lab:s-1/org.lab/s-1/#');
  });

  it('gives no right to a client whose id would widen the pattern', () => {
    const texts = fc.string().filter((text) => /[+#/\0]/.test(text) || text === '');
    fc.assert(
      fc.property(
        texts,
        (clientId) => resolveTopicPattern('a/{{ client:id }}', { ...context, clientId }) === undefined,
      ),
    );
    expect(resolveTopicPattern('{{ thing:id }}', { ...context, thingId: undefined })).toBeUndefined();
  });
});

describe('the ID of a thing in topics that its device publishes on', () => {
  it.each([
    ['x:a+b', 'x:a%2Bb'],
    ['x:#1', 'x:%231'],
    ['x:50%', 'x:50%'],
    ['x:a%2Bb', 'x:a%252Bb'],
    ['x:a%+', 'x:a%25%2B'],
  ])('for %s is %s', (thingId, published) => {
    expect(publishedThingId(thingId)).toBe(published);
  });

  it('is that of no other thing', () => {
    const ids = everyText(['a', '+', '%', '2', 'B', '5'], 5);
    expect(new Set(ids.map(publishedThingId)).size).toBe(ids.length);
  });

  it('lets a device publish whose thing has + in its name, and receive nothing of another thing', () => {
    const asked = { thingId: 'x:a+b', publish: ['telemetry/{{ thing:name }}'], subscribe: ['events/{{ thing:name }}'] };
    const access = topicAccess(parseMqttUser('s', { password: 'x', ...asked }).user, 'c');
    expect(['telemetry/a%2Bb', 'telemetry/a+b', 'telemetry/aab'].map(access.mayPublish)).toEqual([true, false, false]);
    expect(['events/a%2Bb', 'events/a+b', 'events/aab'].map(access.mayReceive)).toEqual([false, false, false]);
  });
});

/** All texts of so many of the characters at most. */
function everyText(characters: readonly string[], length: number): readonly string[] {
  if (length === 0) return [];
  const shorter = ['', ...everyText(characters, length - 1)];
  return shorter.flatMap((text) => characters.map((character) => text + character));
}

describe('the name of a credential', () => {
  it.each([
    ['org.lab:s-1', 'org.lab:s-1@main'],
    ['x:a b+c', 'x:a%20b%2Bc@main'],
    ["x:(*)'!~%", 'x:%28%2A%29%27%21%7E%25@main'],
    ['x:a@b', 'x:a@b@main'],
    ['x:Σ🚗', 'x:%CE%A3%F0%9F%9A%97@main'],
  ])('of %s is %s', (thingId, name) => {
    expect(credentialName(parseThingId(thingId), 'main')).toBe(name);
    expect(parseMqttUser(name, { thingId }).user).toMatchObject({ name, subjects: [`mqtt:${name}`] });
  });

  it('is one for the longest ID, too', () => {
    const thingId = parseThingId(`x:${'漢'.repeat(254)}`);
    const name = credentialName(thingId, 'l'.repeat(32));
    expect(parseMqttUser(name, { thingId }).user.thingId).toBe(thingId);
  });
});

describe('topicAccess', () => {
  const { user } = parseMqttUser('s1', {
    password: 'x',
    thingId: 'org:s1',
    publish: ['telemetry/{{ thing:id }}', 'status/{{ client:id }}/#'],
    subscribe: ['commands/{{ thing:name }}/+'],
  });
  const access = topicAccess(user, 'c');

  it.each([
    ['telemetry/org:s1', true],
    ['telemetry/org:s2', false],
    ['status/c/a/b', true],
    ['status/d', false],
    ['commands/s1/open', false],
  ])('publishing on %s: %s', (topic, expected) => {
    expect(access.mayPublish(topic)).toBe(expected);
  });

  it.each([
    ['commands/s1/+', true],
    ['commands/s1/open', true],
    ['commands/+/open', false],
    ['#', false],
  ])('subscribing to %s: %s', (filter, expected) => {
    expect(access.maySubscribe(filter)).toBe(expected);
    expect(access.mayReceive('commands/s1/open')).toBe(true);
    expect(access.mayReceive('commands/s2/open')).toBe(false);
  });
});

describe('parseMqttUser', () => {
  it('has the subject mqtt:name and no topics unless told otherwise, and is printed without its password', () => {
    const { user, password } = parseMqttUser('s1', { password: 'secret' });
    expect(password).toBe('secret');
    expect(mqttUserJson(user)).toEqual({ name: 's1', subjects: ['mqtt:s1'], publish: [], subscribe: [] });
  });

  it.each<[string, unknown, string]>([
    ['s1', null, 'JSON object'],
    ['s1', [], 'JSON object'],
    ['', {}, 'The name'],
    ['a/b', {}, 'The name'],
    ['x'.repeat(2_401), {}, 'The name'],
    ['s1', { name: 'other' }, '/name'],
    ['s1', { password: 1 }, '/password'],
    ['s1', { password: '' }, '/password'],
    ['s1', { password: 'x'.repeat(2_000) }, '/password'],
    ['s1', { thingId: 'no colon' }, '/thingId'],
    ['s1', { subjects: [''] }, '/subjects/0'],
    ['s1', { issued: 'yesterday' }, '/issued'],
    ['s1', { subjects: 'nginx:a' }, '/subjects'],
    ['s1', { publish: ['a/#/b'] }, '/publish/0'],
    ['s1', { publish: ['{{ thing:secret }}'] }, '/publish/0'],
    ['s1', { subscribe: [1] }, '/subscribe'],
    ['s1', { subscribe: Array.from({ length: 101 }, () => 'a') }, '/subscribe'],
    ['s1', JSON.parse('{"__proto__": {}}'), '/__proto__'],
  ])('refuses %j %j', (name, json, place) => {
    const parse = () => parseMqttUser(name, json as never);
    expect(parse).toThrow(MqttUserInvalid);
    expect(parse).toThrow(expect.objectContaining({ description: expect.stringContaining(place) as unknown }));
  });
});
