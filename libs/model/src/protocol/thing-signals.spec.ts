import { parseThingId } from '../ids/index.js';
import type { JsonObject } from '../json/index.js';
import type { ThingEvent } from '../signals/index.js';
import { parseEnvelope } from './envelope.js';
import { TopicUnknown } from './errors.js';
import { thingCommandOf } from './thing-commands.js';
import { errorEnvelope, eventEnvelope, responseEnvelope } from './thing-signals.js';

const thingId = parseThingId('example:mycar:wheel_1');

function message(action: string, rest: JsonObject = {}) {
  return parseEnvelope({ topic: `example/mycar:wheel_1/things/twin/commands/${action}`, path: '/', ...rest });
}

describe('thing commands', () => {
  it.each([
    [message('create', { value: { attributes: {} } }), { kind: 'create', thingId, value: { attributes: {} } }],
    [
      message('modify', { path: '/attributes/a', value: null }),
      { kind: 'modify', thingId, path: ['attributes', 'a'], value: null },
    ],
    [message('merge', { path: 'features', value: {} }), { kind: 'merge', thingId, path: ['features'], value: {} }],
    [message('delete'), { kind: 'delete', thingId, path: [] }],
    [message('retrieve'), { kind: 'retrieve', thingId, path: [] }],
  ])('reads %j', (envelope, command) => {
    expect(thingCommandOf(envelope)).toEqual(command);
  });

  it.each([
    [message('merge'), 'json.field.missing', 400],
    [message('create'), 'json.field.missing', 400],
    [message('create', { value: 1 }), 'json.invalid', 400],
    [message('create', { path: '/attributes', value: {} }), 'protocoladapter:illegal.adaptable', 422],
    [message('modify', { value: {}, status: 204 }), 'protocoladapter:unknown.signal', 400],
    [message('migrate', { value: {} }), 'protocoladapter:unknown.signal', 400],
    [parseEnvelope({ topic: '_/_/things/twin/commands/retrieve', path: '/' }), 'protocoladapter:unknown.signal', 400],
    [parseEnvelope({ topic: 'a/b/things/live/commands/delete', path: '/' }), 'protocoladapter:unknown.signal', 400],
    [parseEnvelope({ topic: 'a/b/things/twin/events/deleted', path: '/' }), 'protocoladapter:unknown.signal', 400],
    [parseEnvelope({ topic: '1/b/things/twin/commands/delete', path: '/' }), 'things:id.invalid', 400],
  ])('refuses %j with %s', (envelope, code, status) => {
    expect(() => thingCommandOf(envelope)).toThrow(expect.objectContaining({ code, status }));
  });
});

describe('messages sent', () => {
  const event: ThingEvent = {
    entity: 'thing',
    id: thingId,
    action: 'merged',
    revision: 7,
    timestamp: 1_715_943_644_787,
    path: ['features'],
    value: { gps: null },
    headers: { 'correlation-id': 'c', 'ditto-originator': 'nginx:ditto' },
  };

  it('prints an event with its extra', () => {
    expect(eventEnvelope(event, { extra: { thingId } })).toEqual({
      topic: 'example/mycar:wheel_1/things/twin/events/merged',
      headers: {
        'correlation-id': 'c',
        'ditto-originator': 'nginx:ditto',
        'content-type': 'application/merge-patch+json',
        'entity-revision': 7,
        version: 2,
      },
      path: '/features',
      value: { gps: null },
      extra: { thingId },
      revision: 7,
      timestamp: '2024-05-17T11:00:44.787Z',
    });
  });

  it('answers a command with its topic, path and correlation id', () => {
    const command = message('modify', { headers: { 'Correlation-Id': 'c', other: 1 }, value: {} });
    expect(responseEnvelope(command, { status: 204, etag: '"rev:2"', revision: 2 })).toEqual({
      topic: 'example/mycar:wheel_1/things/twin/commands/modify',
      headers: {
        'correlation-id': 'c',
        'content-type': 'application/json',
        etag: '"rev:2"',
        'entity-revision': 2,
        version: 2,
      },
      path: '/',
      status: 204,
    });
  });

  it('prints a refusal under the errors topic, of an unknown entity when there is none', () => {
    const error = new TopicUnknown('x');
    expect(errorEnvelope(error)).toMatchObject({
      topic: 'unknown/unknown/things/twin/errors',
      path: '/',
      status: 400,
      value: { status: 400, error: 'protocoladapter:unknown.topicpath' },
    });
    const { topic } = message('delete');
    expect(errorEnvelope(error, { topic, headers: { 'correlation-id': 'c' } })).toMatchObject({
      topic: 'example/mycar:wheel_1/things/twin/errors',
      headers: { 'correlation-id': 'c' },
    });
  });
});
