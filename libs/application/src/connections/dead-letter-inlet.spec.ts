import { parseConnection, parseConnectionId } from '@gemel/model/connections';
import { VirtualTimers } from '@gemel/testkit/memory';
import { DeadLetterExchange } from '../pipelines/index.js';
import { MessageRefused, PUBLISHED } from '../ports/index.js';
import type { LiveFrame, Logger, OutboundMessage } from '../ports/index.js';
import { DeadLetterInlet } from './dead-letter-inlet.js';

const silent = () => undefined;
const log: Logger = { error: silent, warn: silent, info: silent, debug: silent };
const [from, to] = [parseConnectionId('checked'), parseConnectionId('letters')];

/** Two processes on one bus; frames go over it as text. */
function open(authorized = 'other, checked', isMine = true) {
  const timers = new VirtualTimers();
  const listeners = new Set<(frame: LiveFrame) => void>();
  const bus = {
    publish: (frame: LiveFrame) => {
      const text = JSON.stringify(frame);
      for (const listener of [...listeners]) listener(parseFrame(text));
    },
    listen: (listener: (frame: LiveFrame) => void) => {
      listeners.add(listener);
      return { stop: async () => void listeners.delete(listener) };
    },
  };
  let id = 0;
  const ids = { uuid: () => `id-${String(id++)}` };
  const [sender, receiver] = [0, 1].map(() => new DeadLetterExchange({ bus, ids, timers }));
  if (sender === undefined || receiver === undefined) throw new Error('there are two');
  const published: OutboundMessage[] = [];
  const parts = { publish: (_letter: OutboundMessage): Promise<void> => Promise.resolve() };
  const connection = parseConnection({
    ...{ id: to, connectionType: 'mqtt-5', uri: 'tcp://broker' },
    targets: [{ address: 'x', topics: [], qos: 1, authorizationContext: ['nginx:ditto'] }],
    specificConfig: { 'is-diversion-target': 'true', 'authorized-connections-as-sources': authorized },
  });
  const publish = async (letter: OutboundMessage) => {
    await parts.publish(letter);
    published.push(letter);
    return PUBLISHED;
  };
  const inlet = new DeadLetterInlet(connection, {
    ...{ deadLetters: receiver, publisher: { publish }, log },
    isMine: () => isMine,
  });
  const letter = (payload: OutboundMessage['payload'], headers = {}): OutboundMessage => ({
    ...{ address: 'dead/a', qos: 1, payload, headers },
  });
  return { timers, listeners, sender, published, parts, inlet, letter };
}

function parseFrame(text: string): LiveFrame {
  return JSON.parse(text) as LiveFrame;
}

describe('dead letters for another connection', () => {
  it.each([new Uint8Array([0, 255, 128]), 'ä€𝄞', ''])('are brought as they are: %j', async (payload) => {
    const { sender, published, letter, listeners } = open();
    await sender.send(to, from, letter(payload, { 'dead-letter-code': 'x', site: 'ä' }));
    expect(published).toEqual([
      {
        ...{ address: 'dead/a', qos: 1, headers: { 'dead-letter-code': 'x', site: 'ä' } },
        payload: typeof payload === 'string' ? new TextEncoder().encode(payload) : payload,
      },
    ]);
    expect(listeners.size).toBe(1);
  });

  it('are refused where the other one does not name this one, where its broker will not take them, and when they are too large', async () => {
    const stranger = open('other');
    await expect(stranger.sender.send(to, from, stranger.letter('x'))).rejects.toThrow(
      /authorized-connections-as-sources/,
    );
    const { sender, parts, letter, published } = open();
    parts.publish = () => Promise.reject(new MessageRefused('dead/a', 'no such topic'));
    await expect(sender.send(to, from, letter('x'))).rejects.toThrow(/no such topic/);
    await expect(sender.send(to, from, letter('x'.repeat(250_001)))).rejects.toBeInstanceOf(MessageRefused);
    expect([...published, ...stranger.published]).toEqual([]);
  });

  it('may come again when the broker of the other one is away, and when nobody answers', async () => {
    const { sender, parts, letter } = open();
    parts.publish = () => Promise.reject(new Error('it is away'));
    await expect(sender.send(to, from, letter('x'))).rejects.toThrow('it is away');
    const { timers, ...other } = open('checked', false);
    const sent = other.sender.send(to, from, other.letter('x')).catch(String);
    await timers.advance(10_000);
    expect(await sent).toMatch(/see its status/);
    expect([other.published, other.listeners.size]).toEqual([[], 1]);
  });

  it('are not taken any more by a connection that is closed', async () => {
    const { timers, inlet, sender, letter, published, listeners } = open();
    await inlet.stop();
    const sent = sender.send(to, from, letter('x')).catch(String);
    await timers.advance(10_000);
    expect(await sent).toMatch(/see its status/);
    expect([published, listeners.size]).toEqual([[], 0]);
  });

  it('do not mind what is no letter', async () => {
    const { listeners, published, inlet } = open();
    const topic = '_/letters/connections/announcements/dead-letter';
    for (const value of [
      5,
      null,
      {},
      { id: 'x', from: 5 },
      { id: 'x', from: 'checked', address: 'a', payload: 'AA==' },
    ]) {
      for (const listener of listeners) listener({ entityId: 'a:b' as never, envelope: { topic, value } });
    }
    await inlet.stop();
    expect(published).toEqual([]);
  });
});
