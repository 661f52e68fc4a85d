// The Gemel that is measured, as its operator has it.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import mqtt from 'mqtt';
import { sampleThing } from '../sample-thing.mjs';

export const THINGS = 1000;
const SUBJECTS = ['nginx:ditto'];
const DEADLINE_MS = 120_000;
const WINDOW = 256;

export class Operator {
  #http;

  constructor(gemel) {
    this.gemel = gemel;
    this.#http = gemel.ready.http;
  }

  async createThings() {
    const all = { grant: ['READ', 'WRITE'], revoke: [] };
    const entry = {
      subjects: { 'nginx:ditto': { type: 'bench' } },
      resources: { 'thing:/': all, 'policy:/': all, 'message:/': all },
    };
    await this.#send('PUT', '/api/2/policies/bench:policy', { entries: { owner: entry } });
    for (let index = 0; index < THINGS; index++) {
      const { thingId, ...thing } = sampleThing(`bench:thing-${index}`);
      await this.#send('PUT', `/api/2/things/${thingId}`, thing);
    }
  }

  /** Creates it open; answers its id when it is. */
  async open(connection) {
    const id = await this.define({ connectionStatus: 'open', ...connection });
    await this.untilOpen(id);
    return id;
  }

  /** Creates it; answers its id. */
  async define({ sources = [], targets = [], ...connection }) {
    const subject = { authorizationContext: SUBJECTS };
    const { id } = await this.#send('POST', '/api/2/connections', {
      name: `bench ${randomUUID()}`,
      ...connection,
      sources: sources.map((source) => ({ qos: 1, ...subject, replyTarget: { enabled: false }, ...source })),
      targets: targets.map((target) => ({ qos: 1, topics: ['_/_/things/twin/events'], ...subject, ...target })),
    });
    return id;
  }

  async command(id, name) {
    await this.#send('POST', `/api/2/connections/${id}/command`, `connectivity.commands:${name}Connection`);
    if (name === 'open') await this.untilOpen(id);
  }

  async delete(id) {
    await this.#send('DELETE', `/api/2/connections/${id}`);
  }

  /** Device messages that were applied since the start. */
  async applied() {
    const text = await (await fetch(`${this.#http}/metrics`)).text();
    return Number(/^gemel_ingest_messages\{kind="applied"\} (\d+)$/m.exec(text)?.[1] ?? 0);
  }

  /** Changes twins so often, by the embedded broker. */
  async change(count) {
    const { hostname, port } = new URL(this.gemel.ready.mqtt);
    const client = await mqtt.connectAsync({
      host: hostname,
      port: Number(port),
      username: 'ditto',
      password: 'ditto',
    });
    let next = 0;
    await Promise.all(
      Array.from({ length: WINDOW }, async () => {
        while (next < count) {
          const index = next++;
          await client.publishAsync('telemetry/bench', message(index), { qos: 1 });
        }
      }),
    );
    await client.endAsync();
  }

  async untilOpen(id) {
    const end = performance.now() + DEADLINE_MS;
    for (;;) {
      const status = await this.#send('GET', `/api/2/connections/${id}/status`);
      if (status.liveStatus === 'open' && !JSON.stringify(status).includes('"unknown"')) return;
      if (performance.now() > end) throw new Error(`the connection does not open: ${JSON.stringify(status)}`);
      await pause(20);
    }
  }

  async #send(method, path, body) {
    const isOperation = path.includes('/connections');
    const response = await fetch(this.#http + path, {
      method,
      headers: {
        authorization: `Basic ${btoa(isOperation ? 'devops:foobar' : 'ditto:ditto')}`,
        'content-type': typeof body === 'string' ? 'text/plain' : 'application/json',
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text.startsWith('{') ? JSON.parse(text) : text;
  }
}

/** What a device says of a thing: two of its properties. @param time when, for whoever measures how long it took */
export function message(index, time = index) {
  return JSON.stringify({
    topic: `bench/thing-${index % THINGS}/things/twin/commands/merge`,
    headers: { 'content-type': 'application/merge-patch+json' },
    path: '/features',
    value: { velocity: { properties: { value: time } }, direction: { properties: { value: index % 360 } } },
  });
}

/** Of about the size that Gemel publishes. */
export function event(index) {
  return JSON.stringify({
    topic: `bench/thing-${index % THINGS}/things/twin/events/merged`,
    headers: {
      'correlation-id': randomUUID(),
      'ditto-originator': 'nginx:ditto',
      'content-type': 'application/vnd.eclipse.ditto+json',
      'response-required': false,
    },
    path: '/features',
    value: { velocity: { properties: { value: index } }, direction: { properties: { value: index % 360 } } },
    revision: index,
    timestamp: new Date().toISOString(),
  });
}
