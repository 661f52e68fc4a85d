import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { EventReader, Logger, RecordedEvent } from '@gemel/application/ports';
import { namesOf, thingChange, turns, until as untilDeadline } from '@gemel/testkit/contracts';
import { RelayedLog } from '@gemel/testkit/memory';
import { requiredVariable } from '@gemel/testkit/network';
import kafkajs from 'kafkajs';
import type { Admin, ISocketFactory } from 'kafkajs';
import { KafkaUnavailable, TopicUnsuitable, openKafka } from './index.js';
import type { KafkaOptions, OpenedKafka } from './index.js';
import type { Lags } from './lag.js';

const brokers = requiredVariable('KAFKA_BROKERS').split(',');
const topics: string[] = [];
const lines: string[] = [];
const hear: Logger['error'] = (_fields, message) => lines.push(message);
const log: Logger = { error: hear, warn: hear, info: () => undefined, debug: () => undefined };
const until = (condition: () => boolean) => untilDeadline(condition, 40_000);
let admin: Admin;
let opened: OpenedKafka[];

/** The network between us and Kafka, which can be cut: connections break and no new one is made. */
class Network {
  readonly #sockets = new Set<Socket>();
  isCut = false;

  readonly sockets: ISocketFactory = ({ host, port, onConnect }) => {
    const socket = connect({ host, port: this.isCut ? 1 : port }, onConnect);
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  };

  cut(): void {
    this.isCut = true;
    for (const socket of this.#sockets) socket.destroy(new Error('cut'));
  }

  mend(): void {
    this.isCut = false;
  }
}

class Collector implements EventReader {
  readonly taken: RecordedEvent[] = [];
  before: () => Promise<void> = () => Promise.resolve();
  calls = 0;

  constructor(readonly name = 'collector') {}

  position() {
    return Promise.resolve(0);
  }

  async handle(events: readonly RecordedEvent[]): Promise<void> {
    this.calls += 1;
    await this.before();
    this.taken.push(...events);
  }

  get names(): ReadonlySet<string> {
    return new Set(namesOf(this.taken));
  }
}

beforeAll(async () => {
  const kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING });
  admin = kafka.admin();
  await admin.connect();
});

afterAll(async () => {
  // With a topic go the groups that have read it.
  const made = await admin.listTopics();
  await admin.deleteTopics({ topics: topics.filter((topic) => made.includes(topic)) });
  await admin.disconnect();
});

beforeEach(() => {
  opened = [];
  lines.length = 0;
});

afterEach(async () => {
  await Promise.all(opened.map((kafka) => kafka.close()));
});

const newTopic = () => {
  const topic = `bus-kafka.${randomUUID()}`;
  topics.push(topic);
  return topic;
};
const open = async (options: Partial<KafkaOptions> & { topic: string }) => {
  const kafka = await openKafka({ brokers, clientId: 'spec', settings: { partitions: 4 }, log, ...options });
  opened.push(kafka);
  return kafka;
};
const things = (revision: number) =>
  Array.from({ length: 10 }, (_, index) => thingChange(`a:${String(index)}`, revision));
const namesUpTo = (revision: number) =>
  Array.from({ length: revision }, (_, index) => namesAt(index + 1))
    .flat()
    .toSorted();
const namesAt = (revision: number) => things(revision).map(({ event }) => `${event.id}#${String(event.revision)}`);

describe('when the network to Kafka is cut', () => {
  it('rejects quickly, loses nothing that is watched or read, and goes on by itself', async () => {
    const network = new Network();
    const kafka = await open({ topic: newTopic(), sockets: network.sockets, sessionTimeoutMs: 6_000 });
    const relayed = new RelayedLog(kafka.bus);
    const seen: RecordedEvent[] = [];
    kafka.feed.watch((recorded) => seen.push(recorded));
    const reader = new Collector();
    kafka.feed.follow(reader);
    await relayed.append(things(1));
    await until(() => seen.length === 10 && reader.taken.length === 10);

    network.cut();
    await relayed.append(things(2));
    const started = performance.now();
    await expect(kafka.bus.publish(await relayed.read(0, 1))).rejects.toThrow(KafkaUnavailable);
    expect(performance.now() - started).toBeLessThan(25_000);
    await expect(kafka.isReachable()).resolves.toBe(false);
    // What another process publishes meanwhile.
    const other = await open({ topic: topics.at(-1) ?? '' });
    await other.bus.publish(await relayed.read(0, 20));
    await relayed.append(things(3));

    network.mend();
    await until(() => namesOf(seen).length >= 30 && reader.names.size === 30);
    expect(namesOf(seen).toSorted()).toEqual(namesUpTo(3));
    expect([...reader.names].toSorted()).toEqual(namesUpTo(3));
    await expect(kafka.isReachable()).resolves.toBe(true);
    expect(kafka.counters()).toMatchObject({ foreign: 0, retried: 0 });
    expect(kafka.counters().reconnects).toBeGreaterThan(0);
    await relayed.close();
  });

  it('opens without Kafka, and misses nothing that comes afterwards', async () => {
    const network = new Network();
    network.cut();
    const kafka = await open({ topic: newTopic(), sockets: network.sockets });
    const relayed = new RelayedLog(kafka.bus);
    const seen: RecordedEvent[] = [];
    kafka.feed.watch((recorded) => seen.push(recorded));
    const reader = new Collector();
    kafka.feed.follow(reader);
    const stopped = kafka.feed.follow(new Collector('stopped'));
    await stopped.stop();
    await relayed.append(things(1));
    await expect(kafka.isReachable()).resolves.toBe(false);
    network.mend();
    await until(() => seen.length === 10 && reader.taken.length === 10);
    expect(lines).toContain('Kafka is away; goes on trying');
    await relayed.close();
  });

  it('brings a batch again, elsewhere, whose reader was cut off', async () => {
    const network = new Network();
    const topic = newTopic();
    const lost = await open({ topic, sockets: network.sockets, sessionTimeoutMs: 6_000 });
    const relayed = new RelayedLog(lost.bus);
    const dying = new Collector();
    let finish: () => void = () => undefined;
    dying.before = () => new Promise((resolve) => (finish = resolve));
    lost.feed.follow(dying);
    await relayed.append(things(1));
    await until(() => dying.calls === 1);
    network.cut();
    const heir = new Collector();
    const other = await open({ topic, sessionTimeoutMs: 6_000 });
    other.feed.follow(heir);
    await until(() => heir.names.size === 10);
    expect([...heir.names].toSorted()).toEqual(namesUpTo(1));
    finish();
    await relayed.close();
  });
});

describe('a slow handler', () => {
  it('keeps its partitions for longer than the session lasts', async () => {
    const topic = newTopic();
    const kafka = await open({ topic, sessionTimeoutMs: 6_000 });
    const relayed = new RelayedLog(kafka.bus);
    const slow = new Collector();
    let hasEnded = false;
    slow.before = () => untilDeadline(() => hasEnded, 30_000);
    kafka.feed.follow(slow);
    await relayed.append(things(1));
    await until(() => slow.calls === 1);
    const began = performance.now();
    let members = 1;
    while (performance.now() - began < 10_000) {
      const { groups } = await admin.describeGroups([`${topic}.collector`]);
      members = Math.min(members, groups[0]?.members.length ?? 0);
    }
    expect(members).toBe(1);
    hasEnded = true;
    await until(() => slow.taken.length === 10);
    slow.before = () => Promise.resolve();
    await relayed.append(things(2));
    await until(() => slow.taken.length === 20);
    expect(slow.calls).toBe(2);
    expect(lines).toEqual([]);
    await relayed.close();
  });

  it('finishes its batch, and only once, when another replica comes', async () => {
    const topic = newTopic();
    const kafka = await open({ topic, sessionTimeoutMs: 6_000 });
    const relayed = new RelayedLog(kafka.bus);
    const slow = new Collector();
    let hasEnded = false;
    slow.before = () => untilDeadline(() => hasEnded, 30_000);
    kafka.feed.follow(slow);
    await relayed.append(things(1));
    await until(() => slow.calls === 1);
    const other = await open({ topic, sessionTimeoutMs: 6_000 });
    const second = new Collector();
    other.feed.follow(second);
    await untilGroup(`${topic}.collector`, 'PreparingRebalance');
    hasEnded = true;
    await untilGroup(`${topic}.collector`, 'Stable');
    await relayed.append(things(2));
    await until(() => slow.taken.length + second.taken.length === 20);
    expect([...namesOf(slow.taken), ...namesOf(second.taken)].toSorted()).toEqual(namesUpTo(2));
    await relayed.close();
  });
});

async function untilGroup(groupId: string, state: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (let found = ''; found !== state;) {
    const { groups } = await admin.describeGroups([groupId]);
    found = groups[0]?.state ?? '';
    if (performance.now() > deadline) throw new Error(`${groupId} is ${found}`);
    await turns(1);
  }
}

describe('the topic', () => {
  it('may hold what others wrote: it is reported, counted and skipped', async () => {
    const topic = newTopic();
    const kafka = await open({ topic });
    const producer = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).producer({
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    kafka.feed.watch(() => undefined);
    const foreign = [{ value: 'no json' }, { value: null }, { value: '{}', headers: { position: '7' } }];
    await producer.send({ topic, messages: foreign.map((message) => ({ key: 'a:0', ...message })) });
    await producer.disconnect();
    const relayed = new RelayedLog(kafka.bus);
    const reader = new Collector();
    kafka.feed.follow(reader);
    await relayed.append(things(1));
    await until(() => reader.taken.length === 10);
    expect(namesOf(reader.taken).toSorted()).toEqual(namesUpTo(1));
    // Seen by the reader and by who watches.
    await until(() => kafka.counters().foreign === 6);
    expect(lines.filter((line) => line.includes('somebody else writes'))).toHaveLength(4);
    await relayed.close();
  });

  it('is refused when Kafka would drop events from it', async () => {
    const topic = newTopic();
    const configEntries = [{ name: 'cleanup.policy', value: 'compact' }];
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] });
    await expect(open({ topic })).rejects.toThrow(TopicUnsuitable);
    await expect(open({ topic })).rejects.toThrow('--add-config cleanup.policy=delete');
  });

  it('is refused when it takes no large messages', async () => {
    const topic = newTopic();
    const configEntries = [{ name: 'max.message.bytes', value: '100000' }];
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] });
    await expect(open({ topic })).rejects.toThrow('--add-config max.message.bytes=2097152');
  });

  it('is not made when there are too few brokers for its copies', async () => {
    const settings = { partitions: 1, replicationFactor: 99 };
    await expect(open({ topic: newTopic(), settings })).rejects.toThrow('Lower it, or start more brokers');
  });

  it('is made for events, and carries large ones', async () => {
    const topic = newTopic();
    const kafka = await open({ topic, settings: { partitions: 3 }, compression: 'gzip' });
    const found = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
    });
    const entries = found.resources.flatMap(({ configEntries }) => configEntries);
    const settings = Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]));
    expect(settings).toMatchObject({
      'cleanup.policy': 'delete',
      'max.message.bytes': '2097152',
      'retention.ms': '604800000',
    });
    const relayed = new RelayedLog(kafka.bus);
    const reader = new Collector();
    kafka.feed.follow(reader);
    const text = Array.from({ length: 5_000 }, () => randomUUID()).join('');
    await relayed.append(Array.from({ length: 30 }, (_, index) => thingChange(`a:${String(index)}`, 1, { text })));
    await until(() => reader.taken.length === 30);
    expect(reader.taken[0]?.event.value).toMatchObject({ attributes: { text } });
    await relayed.close();
  });
});

it('makes the topic again when it was deleted, and goes on', async () => {
  const topic = newTopic();
  const kafka = await open({ topic });
  const relayed = new RelayedLog(kafka.bus);
  const reader = new Collector();
  const seen: RecordedEvent[] = [];
  kafka.feed.follow(reader);
  kafka.feed.watch((recorded) => seen.push(recorded));
  await relayed.append(things(1));
  await until(() => reader.taken.length === 10 && seen.length === 10);
  await admin.deleteTopics({ topics: [topic] });
  let revision = 1;
  // What is published while the topic goes may go with it.
  for (const isThere = () => namesOf(reader.taken).length > 10 && seen.length > 10; !isThere();) {
    await relayed.append(things((revision += 1)));
    await until(() => relayed.relayed === 10 * revision);
    await turns(100);
  }
  await relayed.append(things((revision += 1)));
  await until(() => reader.names.has(`a:9#${revision}`) && namesOf(seen).includes(`a:9#${revision}`));
  expect(namesAt(revision).every((name) => reader.names.has(name))).toBe(true);
  await relayed.close();
});

it('says how far each reader is behind', async () => {
  const topic = newTopic();
  const kafka = await open({ topic });
  const relayed = new RelayedLog(kafka.bus);
  const stuck = new Collector('stuck');
  let finish: () => void = () => undefined;
  stuck.before = () => new Promise((resolve) => (finish = resolve));
  const quick = new Collector('quick');
  kafka.feed.follow(stuck);
  kafka.feed.follow(quick);
  await relayed.append(things(1));
  await until(() => stuck.calls === 1 && quick.taken.length === 10);
  // In messages, each of which holds one event or several.
  await untilLag(kafka, ({ quick, stuck = 0 }) => quick === 0 && stuck > 0 && stuck <= 10);
  expect(kafka.counters()).toMatchObject({ published: 10, consumed: 10, duplicates: 0, reconnects: 0 });
  stuck.before = () => Promise.resolve();
  finish();
  await relayed.close();
});

async function untilLag(kafka: OpenedKafka, isAsExpected: (lag: Lags) => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const lag = await kafka.lag();
    if (isAsExpected(lag)) return;
    if (performance.now() > deadline) throw new Error(`lag is ${JSON.stringify(lag)}`);
    await turns(1);
  }
}
