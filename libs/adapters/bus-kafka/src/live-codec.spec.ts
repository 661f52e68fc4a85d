import { parseThingId } from '@gemel/model/ids';
import { parseLiveMessage, toLiveMessage } from './live-codec.js';

const frame = {
  entityId: parseThingId('x:car'),
  envelope: { topic: 'x/car/things/live/messages/ask', path: '/inbox/messages/ask', value: { text: 'ä€😀' } },
};

/** As Kafka brings it. */
function arrived({ key, value, headers }: ReturnType<typeof toLiveMessage>) {
  return { key: Buffer.from(key), value, headers: { process: Buffer.from(headers.process) } };
}

describe('live frames on Kafka', () => {
  it.each([frame, { ...frame, origin: 'connection:cars' }])('come back as they were', (sent) => {
    expect(parseLiveMessage(arrived(toLiveMessage(sent, 'a')), 'b')).toEqual(sent);
  });

  it('are not heard by the process that has sent them', () => {
    expect(parseLiveMessage(arrived(toLiveMessage(frame, 'a')), 'a')).toBeUndefined();
  });

  it.each([
    [{ key: null, value: Buffer.from('{}'), headers: { process: 'a' } }],
    [{ key: Buffer.from('x:car'), value: null, headers: { process: 'a' } }],
    [{ key: Buffer.from('x:car'), value: Buffer.from('{"envelope":{}}'), headers: {} }],
    [{ key: Buffer.from('x:car'), value: Buffer.from('{"envelope":1}'), headers: { process: 'a' } }],
    [{ key: Buffer.from('x:car'), value: Buffer.from('{'), headers: { process: 'a' } }],
    [{ key: Buffer.from('no id'), value: Buffer.from('{"envelope":{}}'), headers: { process: 'a' } }],
  ])('are nothing else: %j', (message) => {
    expect(parseLiveMessage(message, 'b')).toBeUndefined();
  });
});
