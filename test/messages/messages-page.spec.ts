import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import mqtt from 'mqtt';
import type { MqttClient } from 'mqtt';
import { call } from '../support/api.js';
import type { Answer } from '../support/api.js';
import { startSolo, withFolder } from '../support/solo.js';

const PAGE = readFileSync(fileURLToPath(new URL('../../docs/messages.md', import.meta.url)), 'utf8');

interface Message {
  readonly topic: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly status?: number;
}

interface Example {
  readonly name: string;
  readonly request: string;
  readonly response: string;
  /** What the device gets. */
  readonly received: Message | undefined;
  /** What it answers; undefined: nothing. */
  readonly answered: Message | undefined;
}

/** Every section `Example: …` with its blocks in their order. */
function examples(): readonly Example[] {
  return PAGE.split(/^### Example: /m)
    .slice(1)
    .map((section) => {
      const [name = ''] = section.split('\n', 1);
      const [body = ''] = section.split(/^## /m, 1);
      const blocks = [...body.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map(([, kind, text = '']) => ({ kind, text }));
      const [request = '', response = ''] = blocks.filter(({ kind }) => kind === 'http').map(({ text }) => text);
      const [received, answered] = blocks
        .filter(({ kind }) => kind === 'json')
        .map(({ text }) => JSON.parse(text) as Message);
      return { name, request, response, received, answered };
    });
}

/** First line, headers and body of an HTTP block. */
function parse(block: string): { first: string; headers: Record<string, string>; body: string } {
  const [head = '', ...rest] = block.split('\n\n');
  const [first = '', ...lines] = head.trim().split('\n');
  const headers = Object.fromEntries(lines.map((line) => line.split(/: /, 2) as [string, string]));
  return { first, headers, body: rest.join('\n\n').trimEnd() };
}

async function send(http: string, block: string): Promise<Answer> {
  const { first, headers, body } = parse(block);
  const [method = '', path = ''] = first.split(' ');
  return call({ http }, method, path, body === '' ? undefined : body, headers);
}

/** Answers what it gets as the example says; the correlation id is that of what it gets. */
function play(device: MqttClient, { answered }: Example, got: Message[]): void {
  device.removeAllListeners('message');
  device.on('message', (_topic, payload) => {
    const message = JSON.parse(payload.toString()) as Message;
    got.push(message);
    if (answered === undefined) return;
    const headers = { 'correlation-id': message.headers['correlation-id'], ...answered.headers };
    device.publish('telemetry/coffee', JSON.stringify({ ...answered, headers }), { qos: 1 });
  });
}

describe('docs/messages.md', () => {
  it('says what happens', async () => {
    await withFolder(async (folder) => {
      const solo = await startSolo(folder);
      const thing = { attributes: { temperature: 20 }, features: { tank: {} } };
      await call(solo, 'PUT', '/api/2/things/example:coffee', thing);
      const device = await mqtt.connectAsync(solo.mqtt, { username: 'ditto', password: 'ditto' });
      await device.subscribeAsync('opentwins/live/#', { qos: 1 });
      expect(examples().length).toBeGreaterThan(5);
      for (const example of examples()) {
        const got: Message[] = [];
        play(device, example, got);
        const answer = await send(solo.http, example.request);
        const expected = parse(example.response);
        expect([example.name, answer.status]).toEqual([example.name, Number(expected.first.split(' ')[1])]);
        for (const [name, value] of Object.entries(expected.headers)) expect(answer.headers.get(name)).toBe(value);
        const isJson = answer.headers.get('content-type') === 'application/json';
        expect(answer.body).toEqual(isJson ? JSON.parse(expected.body) : expected.body);
        if (example.received !== undefined) expect(got[0]).toMatchObject(example.received);
      }
      const { body } = await call(solo, 'GET', '/metrics');
      expect(body).toMatch(/^gemel_live_signals_total\{kind="answered"\} 3$/m);
      expect(body).toMatch(/^gemel_live_signals_total\{kind="timedOut"\} 2$/m);
      await device.endAsync();
      expect(await solo.stop()).toBe(0);
    });
  }, 60_000);
});

describe('a device behind the embedded broker', () => {
  it('speaks with back ends, and its mistakes are where the operator looks', async () => {
    await withFolder(async (folder) => {
      const solo = await startSolo(folder);
      await call(solo, 'PUT', '/api/2/things/example:coffee', {});
      const device = await mqtt.connectAsync(solo.mqtt, { username: 'ditto', password: 'ditto' });
      const stream = await fetch(`${solo.http}/api/2/things/example:coffee/outbox/messages`, {
        headers: { authorization: `Basic ${btoa('ditto:ditto')}`, accept: 'text/event-stream' },
      });
      const alarm = {
        topic: 'example/coffee/things/live/messages/alarm',
        path: '/outbox/messages/alarm',
        headers: { 'content-type': 'text/plain' },
        value: 'no water',
      };
      const ended = stream.body?.getReader();
      await device.publishAsync('telemetry/coffee', JSON.stringify(alarm), { qos: 1 });
      let heard = '';
      while (!heard.includes('event:alarm')) heard += new TextDecoder().decode((await ended?.read())?.value);
      expect(heard).toContain('data:no water\nevent:alarm\n\n');
      await device.publishAsync('telemetry/coffee', JSON.stringify({ ...alarm, status: 200 }), { qos: 1 });
      await device.publishAsync('telemetry/coffee', '{"topic":', { qos: 1 });
      const operator = { authorization: `Basic ${btoa('devops:foobar')}` };
      const { body } = await call(solo, 'GET', '/devops/ingest/failures', undefined, operator);
      expect(body).toMatchObject([
        { code: 'json.invalid' },
        {
          code: 'gemel:answer.unexpected',
          thingId: 'example:coffee',
          message: expect.stringContaining('correlation-id') as string,
        },
      ]);
      await ended?.cancel();
      await device.endAsync();
      expect(await solo.stop()).toBe(0);
    });
  }, 60_000);
});
