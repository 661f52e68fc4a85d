import type { JsonObject } from '../json/index.js';
import { answerFault, isLive, liveEnvelope, liveOf, parseEnvelope } from './index.js';
import type { LiveAnswer, LiveSignal } from './index.js';

function live(topic: string, path = '/', rest: JsonObject = {}): LiveSignal | LiveAnswer {
  return liveOf(
    parseEnvelope({ topic: `x/car/things/live/${topic}`, path, headers: { 'correlation-id': 'c' }, ...rest }),
  );
}

function signal(topic: string, path?: string, rest?: JsonObject): LiveSignal {
  const read = live(topic, path, rest);
  if ('status' in read) throw new Error('an answer');
  return read;
}

function answer(topic: string, path?: string, rest: JsonObject = {}): LiveAnswer {
  const read = live(topic, path, { status: 200, ...rest });
  if (!('status' in read)) throw new Error('a signal');
  return read;
}

describe('signals of the live channel', () => {
  it.each([
    ['messages/ask/me', '/inbox/messages/ask/me', {}, 'message'],
    ['messages/claim', '/inbox/messages/claim', { value: 'secret' }, 'message'],
    ['messages/x', '/features/f/outbox/messages/x', {}, 'message'],
    ['commands/retrieve', '/', {}, 'command'],
    ['commands/merge', '/attributes', { value: {} }, 'command'],
    ['events/modified', '/attributes/a', { value: 1 }, 'event'],
    ['messages/x', '/outbox/messages/x', { status: 418 }, 'response'],
    ['commands/retrieve', '/', { status: 200, value: {} }, 'response'],
    ['errors', '/', { status: 404 }, 'error'],
    ['acks/custom-ack', '/', { status: 200 }, 'acknowledgement'],
  ])('%s at %s with %j is a %s', (topic, path, rest, kind) => {
    expect(live(topic, path, rest)).toMatchObject({ kind, thingId: 'x:car' });
  });

  it('keeps the fields of a retrieve for whoever answers it', () => {
    const read = live('commands/retrieve', '/', { fields: 'thingId,attributes(a,b/c)' });
    expect(liveEnvelope(read)).toEqual({
      topic: 'x/car/things/live/commands/retrieve',
      headers: { 'correlation-id': 'c', version: 2 },
      path: '/',
      fields: 'thingId,attributes(a,b(c))',
    });
  });

  it('takes the status of an error from its object', () => {
    expect(live('errors', '/', { value: { status: 404 } })).toMatchObject({ status: 404 });
    expect(live('errors', '/', { value: { status: 'x' } })).toMatchObject({ status: 500 });
  });

  it.each([
    ['commands/migrate', '/', {}, 'protocoladapter:unknown.signal'],
    ['search/subscribe', '/', {}, 'protocoladapter:unknown.signal'],
    ['acks', '/', {}, 'protocoladapter:unknown.signal'],
    ['messages/x', '/inbox/messages/y', {}, 'protocoladapter:illegal.adaptable'],
    ['messages/x', '/', {}, 'protocoladapter:illegal.adaptable'],
    ['commands/retrieve', '/', { status: 99 }, 'protocoladapter:illegal.adaptable'],
    ['errors', '/', { status: 600 }, 'protocoladapter:illegal.adaptable'],
  ])('refuses %s at %s', (topic, path, rest, code) => {
    expect(() => live(topic, path, rest)).toThrow(expect.objectContaining({ code }));
  });

  it('tells itself from the twin channel', () => {
    expect(isLive(parseEnvelope({ topic: 'x/car/things/twin/commands/retrieve', path: '/' }))).toBe(false);
    expect(isLive(parseEnvelope({ topic: 'x/car/things/live/commands/retrieve', path: '/' }))).toBe(true);
    expect(isLive(parseEnvelope({ topic: 'x/car/policies/commands/retrieve', path: '/' }))).toBe(false);
  });
});

describe('an answer', () => {
  const ask = signal('messages/ask', '/inbox/messages/ask');
  const retrieve = signal('commands/retrieve', '/attributes/a');

  it.each([
    [ask, answer('messages/ask', '/inbox/messages/ask')],
    [ask, answer('messages/ask', '/outbox/messages/ask')],
    [ask, answer('errors')],
    [ask, answer('acks/custom-ack')],
    [retrieve, answer('commands/retrieve', '/attributes/a')],
    [retrieve, answer('errors', '/')],
  ])('fits', (asked, given) => {
    expect(answerFault(asked, given)).toBeUndefined();
  });

  it.each([
    [
      ask,
      answer('messages/ask', '/inbox/messages/ask', { headers: { 'correlation-id': 'other' } }),
      "it has the correlation ID 'other', not 'c'.",
    ],
    [
      ask,
      answer('messages/ask', '/features/f/inbox/messages/ask'),
      'it is a messages.responses:featureResponseMessage, which answers no messages.commands:thingMessage.',
    ],
    [
      ask,
      answer('commands/retrieve', '/'),
      'it is a things.responses:retrieveThing, which answers no messages.commands:thingMessage.',
    ],
    [
      retrieve,
      answer('commands/modify', '/definition'),
      'it is a things.responses:modifyThingDefinition, which answers no things.commands:retrieveAttribute.',
    ],
    [retrieve, answer('commands/retrieve', '/attributes/b'), "it has the path '/attributes/b', not '/attributes/a'."],
    [
      retrieve,
      answer('commands/retrieve', '/attributes/a', { topic: 'x/bus/things/live/commands/retrieve' }),
      "it is of the Thing 'x:bus', not 'x:car'.",
    ],
    [
      retrieve,
      answer('commands/retrieve', '/nonsense'),
      'it is a things.responses:retrieveUnknown, which answers no things.commands:retrieveAttribute.',
    ],
  ])('does not fit when it differs', (asked, given, fault) => {
    expect(answerFault(asked, given)).toBe(fault);
  });
});
