import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';

import type { OutboundMessage } from '@gemel/application/ports';
import type { MqttClient } from 'mqtt';

import { PublishWriter } from './publish-writer.js';

const MESSAGE: OutboundMessage = {
  address: 'a/b',
  payload: '{}',
  qos: 1,
  headers: { 'content-type': 'application/json' },
};

/** What the writer uses of a client. */
function opened({ ids = [1, 2, 3, 4, 5] } = {}) {
  const stream = new PassThrough();
  const published: unknown[] = [];
  const client = Object.assign(new EventEmitter(), {
    stream,
    options: { protocolVersion: 4 },
    messageIdProvider: { allocate: () => ids.shift() ?? null, deallocate: (id: number) => ids.push(id) },
    publish: (topic: string, _payload: unknown, { qos }: { qos: number }, done: () => void) => {
      published.push([topic, qos]);
      done();
    },
  });
  const writer = new PublishWriter(parseClient(client));
  const settled: (string | undefined)[] = [];
  const publish = (message: OutboundMessage = MESSAGE) =>
    writer.publish(message.address, message, (error) => settled.push(error?.message));
  const confirm = (messageId: number, reasonCode?: number) =>
    client.emit('packetreceive', { cmd: 'puback', messageId, reasonCode });
  return { publish, confirm, settled, stream, published };
}

function parseClient(client: object): MqttClient {
  return client as MqttClient;
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the writer of PUBLISH packets', () => {
  it('writes what one turn brings together, and settles each when it is confirmed', async () => {
    const { publish, confirm, settled, stream } = opened();
    const sizes: number[] = [];
    stream.on('data', (chunk: Buffer) => sizes.push(chunk.length));
    publish();
    publish();
    await turn();
    expect(sizes).toEqual([2 * (2 + 2 + 3 + 2 + 2)]);
    expect(settled).toEqual([]);
    confirm(2);
    confirm(1, 16);
    expect(settled).toEqual([undefined, undefined]);
  });

  it('tells what the broker has against one, once, and nothing of what it never sent', () => {
    const { publish, confirm, settled } = opened();
    publish();
    confirm(7, 151);
    confirm(1, 151);
    confirm(1);
    expect(settled).toEqual(['Publish error: Quota exceeded']);
  });

  it('takes no packet ID that is not confirmed yet', () => {
    const { publish, confirm, settled } = opened({ ids: [1, 1, 2] });
    publish();
    publish();
    confirm(2);
    confirm(1, 128);
    expect(settled).toEqual([undefined, 'Publish error: Unspecified error']);
  });

  it('settles what nobody confirms when it is written', async () => {
    const { publish, settled, stream } = opened();
    stream.resume();
    publish({ ...MESSAGE, qos: 0 });
    publish({ ...MESSAGE, headers: { 'mqtt.qos': '0' } });
    expect(settled).toEqual([]);
    await turn();
    expect(settled).toEqual([undefined, undefined]);
  });

  it('leaves QoS 2 to the client', () => {
    const { publish, settled, published } = opened();
    publish({ ...MESSAGE, qos: 2 });
    expect([published, settled]).toEqual([[['a/b', 2]], [undefined]]);
  });

  it('writes nothing on a connection that has ended', async () => {
    const { publish, stream, settled } = opened();
    publish();
    stream.end();
    expect(await text(stream)).toBe('');
    await turn();
    expect(settled).toEqual([]);
  });
});
