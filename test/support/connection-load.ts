import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { JsonObject } from '@gemel/model/json';
import { eventually } from '@gemel/testkit/waiting';
import { protocolMessages } from './brokers/index.js';
import type { Addresses, BrokerPlace, OpenBroker } from './brokers/index.js';
import { LastingBroker } from './brokers/lasting-broker.js';
import type { Operated } from './operated.js';

const DEVICES = 4;
const PAUSE_MS = 40;
const REST_MS = 90_000;
const SUBJECTS = ['nginx:ditto'];

/** Seconds from a moment to the first success of something that was begun after it. */
export interface ConnectionRecovery {
  /** A device's message, to the twin that shows it. */
  readonly device: number;
  /** To a consumer of the target. */
  readonly event: number;
}

export interface ConnectionVerdict {
  /** Values that the broker has confirmed to the devices. */
  readonly confirmed: number;
  /** Confirmed values that no event tells of, and revisions whose event did not come. */
  readonly lost: number;
  /** Events that came before one of an older revision that had not come yet. */
  readonly outOfOrder: number;
  /** Events that came again. */
  readonly doubled: number;
  /** Values that took effect again. */
  readonly repeated: number;
}

/** Where the broker is. */
export interface ConnectionWay {
  /** For devices and consumers. */
  readonly addresses: Addresses;
  /** For the connection; the same when absent. */
  readonly way?: (place: BrokerPlace) => BrokerPlace;
}

interface SeenEvent extends Reading {
  readonly revision: number;
}

class Device {
  confirmed = -1;
  next = 0;

  constructor(readonly name: string) {}
}

/** Devices that count over one connection, whatever happens, and a consumer of the events of their twins. */
export class ConnectionLoad {
  readonly #devices = Array.from({ length: DEVICES }, (_, index) => new Device(`device-${index}`));
  #running: Promise<unknown> = Promise.resolve();
  #isStopped = true;

  private constructor(
    private readonly gemel: Operated,
    private readonly broker: LastingBroker,
    private readonly namespace: string,
    private readonly definition: JsonObject & BrokerPlace & { readonly id: string },
  ) {}

  static async open(
    gemel: Operated,
    open: OpenBroker,
    { addresses, way = (place) => place }: ConnectionWay,
  ): Promise<ConnectionLoad> {
    const namespace = `f${randomUUID().replaceAll('-', '').slice(0, 10)}`;
    const lasting = await LastingBroker.open(open, namespace, addresses);
    const { broker, inbox, outbox } = await lasting.ends();
    const id = `load-${namespace}`;
    const definition = {
      ...way(broker.connection),
      id,
      name: id,
      connectionStatus: 'open',
      sources: [
        { addresses: [inbox.address], qos: 1, authorizationContext: SUBJECTS, replyTarget: { enabled: false } },
      ],
      targets: [
        {
          address: outbox.address('{{ thing:name }}'),
          topics: [`_/_/things/twin/events?namespaces=${namespace}`],
          qos: 1,
          authorizationContext: SUBJECTS,
        },
      ],
    };
    await gemel.create(definition);
    await gemel.statusIs(id, 'open');
    const load = new ConnectionLoad(gemel, lasting, namespace, definition);
    for (const { name } of load.#devices) await gemel.call('PUT', `/api/2/things/${namespace}:${name}`, {});
    return load;
  }

  get id(): string {
    return this.definition.id;
  }

  /** Has the connection changed to what it was opened as, but for some members. */
  async modify(change: (opened: BrokerPlace) => Readonly<Record<string, string>> = () => ({})): Promise<void> {
    const modified = { ...this.definition, ...change(this.definition) };
    const { status, body } = await this.gemel.manage('PUT', `/${this.id}`, modified);
    if (status !== 204) throw new Error(`status ${status}: ${JSON.stringify(body)}`);
  }

  start(): void {
    this.#isStopped = false;
    this.#running = Promise.all(this.#devices.map((device) => this.#count(device)));
  }

  /** Resolves when every device has its last confirmation. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.gemel.delete(this.id);
    await this.broker.close();
  }

  /** Resolves when so many further events of each device have come. */
  async flow(events: number): Promise<void> {
    const goals = this.#devices.map((device) => ({ device, goal: this.#events(device).length + events }));
    await eventually(
      async () =>
        goals.filter(({ device, goal }) => this.#events(device).length < goal).map(({ device }) => device.name),
      (waiting) => waiting.length === 0,
      REST_MS,
    );
  }

  /** While the load goes on. @param since milliseconds since 1970 */
  async recovery(since: number): Promise<ConnectionRecovery> {
    const first = async (succeeds: () => Promise<boolean>) => {
      await eventually(succeeds, (isSo) => isSo, REST_MS);
      return Math.max(0, Date.now() - since) / 1_000;
    };
    const [device, event] = await Promise.all([
      first(async () => (await this.#timeOf(this.#devices[0])) >= since),
      first(async () => this.#devices.some((each) => this.#events(each).some(({ time }) => time >= since))),
    ]);
    return { device, event };
  }

  /** Once the load is stopped and what is under way has come to rest, or has been given up. */
  async verdict(): Promise<ConnectionVerdict> {
    const verdicts = await Promise.all(this.#devices.map((device) => this.#judge(device)));
    const sum = (part: keyof ConnectionVerdict) => verdicts.reduce((total, verdict) => total + verdict[part], 0);
    return {
      confirmed: sum('confirmed'),
      lost: sum('lost'),
      outOfOrder: sum('outOfOrder'),
      doubled: sum('doubled'),
      repeated: sum('repeated'),
    };
  }

  async #count(device: Device): Promise<void> {
    while (!this.#isStopped) {
      const value = device.next++;
      await this.broker.send(device.name, this.#reading(device, value));
      device.confirmed = value;
      await pause(PAUSE_MS);
    }
  }

  #reading({ name }: Device, value: number): string {
    return JSON.stringify({
      topic: `${this.namespace}/${name}/things/twin/commands/modify`,
      path: '/attributes',
      value: { value, time: Date.now() },
    });
  }

  async #judge(device: Device): Promise<ConnectionVerdict> {
    const isComplete = async () => {
      const { revision, value } = await this.#state(device);
      return value >= device.confirmed && missing(this.#events(device), revision).length === 0;
    };
    await eventually(isComplete, (isSo) => isSo, REST_MS).catch(() => undefined);
    const { revision } = await this.#state(device);
    const events = this.#events(device);
    const values = new Set(events.map(({ value }) => value));
    const confirmed = Array.from({ length: device.confirmed + 1 }, (_, value) => value);
    const revisions = events.map((event) => event.revision);
    const firsts = [...new Set(revisions)];
    return {
      confirmed: confirmed.length,
      lost: confirmed.filter((value) => !values.has(value)).length + missing(events, revision).length,
      outOfOrder: firsts.filter((each, index) => each < Math.max(0, ...firsts.slice(0, index))).length,
      doubled: revisions.length - firsts.length,
      repeated: firsts.length - values.size,
    };
  }

  #events({ name }: Device): readonly SeenEvent[] {
    return protocolMessages(this.broker.received).flatMap(({ topic, path, revision, value }) =>
      path === '/attributes' && topic.startsWith(`${this.namespace}/${name}/`)
        ? [{ revision, ...parseReading(value) }]
        : [],
    );
  }

  async #state({
    name,
  }: Device): Promise<{ readonly revision: number; readonly value: number; readonly time: number }> {
    const { body } = await this.gemel.call(
      'GET',
      `/api/2/things/${this.namespace}:${name}?fields=attributes,_revision`,
    );
    const { _revision: revision = 0, attributes } = parseThing(body);
    return { revision, value: attributes?.value ?? -1, time: attributes?.time ?? 0 };
  }

  async #timeOf(device: Device | undefined): Promise<number> {
    return device === undefined ? 0 : (await this.#state(device)).time;
  }
}

/** Revisions after the one that created the thing. */
function missing(events: readonly SeenEvent[], revision: number): readonly number[] {
  const seen = new Set(events.map((event) => event.revision));
  return Array.from({ length: Math.max(0, revision - 1) }, (_, index) => index + 2).filter((each) => !seen.has(each));
}

interface Reading {
  readonly value: number;
  readonly time: number;
}

function parseReading(value: unknown): Reading {
  return value as Reading;
}

function parseThing(body: unknown): { readonly _revision?: number; readonly attributes?: Partial<Reading> } {
  return body as { readonly _revision?: number };
}
