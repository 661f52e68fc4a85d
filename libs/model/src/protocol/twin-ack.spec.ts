import type { JsonObject } from '../json/index.js';
import { isTwinAck, parseEnvelope, twinAckOf } from './index.js';

const TOPIC = 'x/car/things/twin/acks/my:ack';
const envelope = (topic: string, rest: JsonObject = {}) =>
  parseEnvelope({ topic, path: '/', headers: { 'correlation-id': 'c' }, status: 200, ...rest });

describe('acknowledgements of changes', () => {
  it('say what they acknowledge, and how', () => {
    expect(twinAckOf(envelope(TOPIC, { status: 503, value: { why: 'full' } }))).toMatchObject({
      thingId: 'x:car',
      correlationId: 'c',
      label: 'my:ack',
      status: 503,
    });
    expect(isTwinAck(envelope('x/car/things/live/acks/my:ack'))).toBe(false);
    expect(isTwinAck(envelope('x/car/things/twin/commands/modify'))).toBe(false);
  });

  it.each<[string, JsonObject, string]>([
    ['x/car/things/twin/acks', {}, 'protocoladapter:unknown.signal'],
    ['x/car/things/live/acks/my:ack', {}, 'protocoladapter:unknown.signal'],
    ['x/a%/things/twin/acks/my:ack', { headers: {} }, 'acknowledgement:correlation-id.missing'],
    [TOPIC, { headers: { 'correlation-id': '' } }, 'acknowledgement:correlation-id.missing'],
    ['x/car/things/twin/acks/twin-persisted', {}, 'acknowledgement:ditto.acklabel.forbidden'],
    ['x/car/things/twin/acks/search-persisted', {}, 'acknowledgement:ditto.acklabel.forbidden'],
    ['x/car/things/twin/acks/live-response', {}, 'acknowledgement:ditto.acklabel.forbidden'],
    [TOPIC, { status: 99 }, 'protocoladapter:illegal.adaptable'],
    ['1/car/things/twin/acks/my:ack', {}, 'things:id.invalid'],
  ])('%s with %j are refused with %s', (topic, rest, code) => {
    expect(() => twinAckOf(envelope(topic, rest))).toThrow(expect.objectContaining({ code }));
  });
});
