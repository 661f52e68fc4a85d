import { parseThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import type { TwinAck } from '@gemel/model/protocol';
import { formatTopic } from '@gemel/model/protocol';
import type { ThingEvent } from '@gemel/model/signals';
import { IssuedAcks } from './issued-acks.js';

const asking = (...labels: readonly string[]): ThingEvent => ({
  entity: 'thing',
  id: parseThingId('example:car'),
  action: 'modified',
  revision: 1,
  timestamp: 0,
  path: ['attributes', 'a'],
  value: 1,
  headers: { 'correlation-id': 'c', 'requested-acks': labels },
});

function open(issued: string | undefined, declared: readonly string[] = []) {
  const all: JsonObject[] = [];
  const issue = ({ envelope, correlationId }: TwinAck): void => {
    const { topic, headers, status = null, value = null } = envelope;
    all.push({ topic: formatTopic(topic), headers, status, value, correlationId });
  };
  return { acks: new IssuedAcks(issued, declared, { issue }), all };
}

const acknowledged = (
  label: string,
  status: number,
  headers: JsonObject = {},
  value: JsonObject | string | null = null,
) => ({
  topic: `example/car/things/twin/acks/${label}`,
  headers: { 'correlation-id': 'c', ...headers },
  status,
  value,
  correlationId: 'c',
});

describe('a target', () => {
  it('acknowledges what the other side has taken or refused, with what it says', () => {
    const { acks, all } = open('cars:sent');
    const payload = new TextEncoder().encode('{"a":1}');
    acks.answered(asking('cars:sent', 'cars:seen'), { status: 200 });
    acks.answered(asking('cars:sent'), { status: 503, payload, headers: { 'content-type': 'application/json' } });
    acks.answered(asking('cars:sent'), { status: 200, payload, headers: { 'content-type': 'text/plain' } });
    acks.answered(asking('cars:sent'), { status: 200, payload: new Uint8Array(100_001) });
    acks.answered(asking('cars:sent'), {
      status: 200,
      payload: payload.subarray(1),
      headers: { 'content-type': 'application/json' },
    });
    expect(all).toEqual([
      acknowledged('cars:sent', 200),
      acknowledged('cars:sent', 503, {}, { a: 1 }),
      acknowledged('cars:sent', 200, {}, '{"a":1}'),
      acknowledged('cars:sent', 200),
      acknowledged('cars:sent', 200, {}, '"a":1}'),
    ]);
  });

  it('acknowledges weakly what it leaves out, for itself and for devices that will not hear of it', () => {
    const { acks, all } = open('cars:sent', ['cars:seen', 'cars:other']);
    acks.left(asking('cars:sent', 'cars:seen', 'bikes:seen'));
    const weak = { 'ditto-weak-ack': true };
    expect(all).toEqual([acknowledged('cars:sent', 200, weak), acknowledged('cars:seen', 200, weak)]);
  });

  it('acknowledges nothing that nobody asked it for', () => {
    const { acks, all } = open(undefined);
    acks.answered(asking('cars:sent'), { status: 200 });
    acks.left(asking('cars:sent'));
    const other = open('cars:sent');
    other.acks.answered(asking(), { status: 200 });
    other.acks.answered({ ...asking(), headers: {} }, { status: 200 });
    other.acks.left({ ...asking(), headers: { 'requested-acks': ['cars:sent'] } });
    expect([all, other.all]).toEqual([[], []]);
  });
});
