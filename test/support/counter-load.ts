import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import mqtt from 'mqtt';
import { eventually } from '@gemel/testkit/waiting';
import type { StartedCluster } from './cluster.js';
import { Counter, FEATURE, Witness } from './counters.js';
import type { Verdict } from './counters.js';
import { EventSubscriber } from './event-subscriber.js';

const COUNTERS_OF_A_KIND = 4;
const HTTP_PAUSE_MS = 150;
/** What piles up in an outage is worked off one message of a device at a time. */
const MQTT_PAUSE_MS = 200;
const REST_MS = 60_000;

/** How a write over HTTP went. */
interface Attempt {
  readonly begun: number;
  readonly ended: number;
  /** Undefined when there was no answer. */
  readonly status: number | undefined;
}

/** Seconds from a moment to the first success of something that was begun after it. */
export interface Recovery {
  readonly write: number;
  readonly read: number;
  /** A device's message, to the twin that shows it. */
  readonly device: number;
  /** To a subscriber of the target topic. */
  readonly event: number;
  readonly history: number;
}

/** Devices that count over HTTP and over MQTT, at any replica, whatever happens. */
export class CounterLoad {
  readonly http: readonly Counter[];
  readonly devices: readonly Counter[];
  readonly witness: Witness;
  readonly #attempts: Attempt[] = [];
  #running: Promise<unknown> = Promise.resolve();
  #isStopped = false;

  private constructor(
    private readonly cluster: StartedCluster,
    private readonly url: string,
    private readonly events: EventSubscriber,
    namespace: string,
  ) {
    const counters = (kind: string) =>
      Array.from({ length: COUNTERS_OF_A_KIND }, (_, index) => new Counter(`${namespace}:${kind}-${index}`));
    this.http = counters('http');
    this.devices = counters('mqtt');
    this.witness = new Witness(cluster);
  }

  /** @param url of the broker of devices */
  static async prepare(cluster: StartedCluster, url: string): Promise<CounterLoad> {
    const namespace = `counting${randomUUID().slice(0, 8)}`;
    const events = await EventSubscriber.open(url, `opentwins/twin/events/${namespace}/#`);
    const load = new CounterLoad(cluster, url, events, namespace);
    for (const { thingId } of load.#counters) {
      const created = await load.witness.ask('PUT', `/api/2/things/${thingId}`, { features: { counter: {} } });
      if (created?.status !== 201) throw new Error(`${thingId}: status ${created?.status ?? 'none'}`);
    }
    return load;
  }

  start(): void {
    this.#isStopped = false;
    this.#running = Promise.all([
      ...this.http.map((counter) => this.#writeOverHttp(counter)),
      ...this.devices.map((counter) => this.#publish(counter)),
    ]);
  }

  /** Nothing more is begun; resolves when every device has its last answer. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.events.close();
  }

  /** How writes over HTTP went that were begun and answered in between: how many with each status. */
  answers(from: number, to: number): ReadonlyMap<number | undefined, number> {
    const counts = new Map<number | undefined, number>();
    for (const { begun, ended, status } of this.#attempts)
      if (begun >= from && ended < to) counts.set(status, (counts.get(status) ?? 0) + 1);
    return counts;
  }

  /** Milliseconds that the slowest of those writes took. */
  slowest(from: number, to: number): number {
    const meanwhile = this.#attempts.filter(({ begun, ended }) => begun >= from && ended < to);
    return Math.max(0, ...meanwhile.map(({ begun, ended }) => ended - begun));
  }

  /** Resolves when a number of further values are confirmed of each counter. */
  async flow(values: number): Promise<void> {
    const goals = new Map(this.#counters.map((counter) => [counter, counter.acknowledged + values]));
    await eventually(
      async () => [...goals].filter(([counter, goal]) => counter.acknowledged < goal).map(([{ thingId }]) => thingId),
      (waiting) => waiting.length === 0,
      REST_MS,
    );
  }

  /** While the load goes on. @param since milliseconds since 1970 */
  async recovery(since: number): Promise<Recovery> {
    const [write, read, device, event, history] = await Promise.all([
      this.#first(since, () => Promise.resolve(this.#attempts.some(isSuccess(since)))),
      this.#first(since, async () => (await this.witness.state(this.#device.thingId)).reading !== undefined),
      this.#first(since, async () => ((await this.witness.state(this.#device.thingId)).reading?.time ?? 0) >= since),
      this.#first(since, () => Promise.resolve(this.#counters.some(({ thingId }) => this.#hasEvent(thingId, since)))),
      this.#first(since, async () => {
        const values = await this.witness.history(this.http[0]?.thingId ?? '', new Date(since).toISOString());
        return values.length > 0;
      }),
    ]);
    return { write, read, device, event, history };
  }

  /** Once the load is stopped and what is under way has come to rest, or has been given up. */
  async verdict(): Promise<Verdict> {
    const verdicts = await Promise.all(this.#counters.map((counter) => this.#judge(counter)));
    const sum = (part: (verdict: Verdict) => number): number =>
      verdicts.reduce((total, verdict) => total + part(verdict), 0);
    return {
      acknowledged: sum(({ acknowledged }) => acknowledged),
      lost: sum(({ lost }) => lost),
      doubled: sum(({ doubled }) => doubled),
      repeated: sum(({ repeated }) => repeated),
      findings: verdicts.flatMap(({ findings }) => findings),
    };
  }

  get #counters(): readonly Counter[] {
    return [...this.http, ...this.devices];
  }

  get #device(): Counter {
    const [device] = this.devices;
    if (device === undefined) throw new Error('there is no device');
    return device;
  }

  #hasEvent(thingId: string, since: number): boolean {
    return this.events.of(thingId).some(({ time = 0 }) => time >= since);
  }

  async #first(since: number, succeeds: () => Promise<boolean>): Promise<number> {
    await eventually(succeeds, (success) => success, REST_MS);
    return Math.max(0, Date.now() - since) / 1_000;
  }

  async #judge(counter: Counter): Promise<Verdict> {
    const { thingId, acknowledged } = counter;
    const { value, revision } = await this.#settled(counter);
    const values = Array.from({ length: value + 1 }, (_, index) => index);
    const isComplete = (history: readonly number[]) => missingIn(history, values).length === 0;
    const history = await lastOf(() => this.witness.history(thingId, '-1d'), isComplete);
    const revisions = Array.from({ length: revision }, (_, index) => index + 1);
    const seen = () => Promise.resolve(this.events.of(thingId).map((event) => event.revision));
    const events = await lastOf(seen, (found) => missingIn(found, revisions).length === 0);
    const missingValues = missingIn(history, values);
    const missingEvents = missingIn(events, revisions);
    return {
      acknowledged: acknowledged + 1,
      lost: Math.max(0, acknowledged - value) + missingValues.length + missingEvents.length,
      findings: [
        ...(acknowledged > value ? [`${thingId} is at ${value}, not at ${acknowledged}`] : []),
        ...missingValues.map((each) => `${thingId}: the history lacks ${each}`),
        ...missingEvents.map((each) => `${thingId}: the event of revision ${each} did not come`),
      ],
      doubled: history.length - new Set(history).size,
      // One event created the thing, each value was one more.
      repeated: revision - 1 - values.length,
    };
  }

  /** The twin when it shows the last confirmed value, or when it has had time enough to. */
  async #settled({ thingId, acknowledged }: Counter): Promise<{ value: number; revision: number }> {
    const state = await lastOf(
      () => this.witness.state(thingId),
      ({ reading }) => (reading?.value ?? -1) >= acknowledged,
    );
    return { value: state.reading?.value ?? -1, revision: state.revision };
  }

  /** Each value again and again until it is confirmed. */
  async #writeOverHttp(counter: Counter): Promise<void> {
    while (!this.#isStopped) {
      const reading = counter.next();
      let status: number | undefined;
      do {
        const begun = Date.now();
        const answer = await this.witness.ask('PUT', `/api/2/things/${counter.thingId}${FEATURE}/properties`, reading);
        status = answer?.status;
        this.#attempts.push({ begun, ended: Date.now(), status });
        await pause(HTTP_PAUSE_MS);
      } while (status === undefined || status >= 300);
      counter.acknowledged = reading.value;
    }
  }

  /** As devices do: the broker confirms, and keeps what it has confirmed. */
  async #publish(counter: Counter): Promise<void> {
    const clientId = `device-${randomUUID().slice(0, 8)}`;
    const client = mqtt.connect(this.url, { clientId, clean: false, reconnectPeriod: 100 });
    client.on('error', () => undefined);
    while (!this.#isStopped) {
      const reading = counter.next();
      const message = {
        topic: `${counter.thingId.replace(':', '/')}/things/twin/commands/merge`,
        headers: { 'content-type': 'application/merge-patch+json' },
        path: `${FEATURE}/properties`,
        value: reading,
      };
      await client.publishAsync(`${this.cluster.names.telemetry}/${counter.thingId}`, JSON.stringify(message), {
        qos: 1,
      });
      counter.acknowledged = reading.value;
      await pause(MQTT_PAUSE_MS);
    }
    await client.endAsync();
  }
}

function isSuccess(since: number): (attempt: Attempt) => boolean {
  return ({ begun, status }) => begun >= since && status !== undefined && status < 300;
}

function missingIn(found: readonly number[], wanted: readonly number[]): readonly number[] {
  const known = new Set(found);
  return wanted.filter((each) => !known.has(each));
}

/** The first answer that is accepted, or the last one when none is in time. */
async function lastOf<T>(read: () => Promise<T>, accept: (value: T) => boolean): Promise<T> {
  let last: T | undefined;
  const remembering = async () => (last = await read());
  return eventually(remembering, accept, REST_MS).catch((error: unknown) => {
    if (last === undefined) throw error;
    return last;
  });
}
