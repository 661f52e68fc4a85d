import type { EventBus, EventFeed } from '@gemel/application/ports';
import { AdminConnection } from './admin-connection.js';
import { KafkaCounts } from './counters.js';
import type { KafkaCounters } from './counters.js';
import { KafkaBus } from './kafka-bus.js';
import { KafkaFeed } from './kafka-feed.js';
import type { KafkaOptions } from './kafka-options.js';
import { Lag } from './lag.js';
import type { Lags } from './lag.js';
import { ParsedMessages } from './parsed-messages.js';
import { TopicGate } from './topic-gate.js';

const REACHABLE_MS = 2_000;

/** The list of brokers cannot be read. */
export class BrokersInvalid extends Error {
  override readonly name = 'BrokersInvalid';
}

/** Bus and feed on one topic. */
export interface OpenedKafka {
  readonly bus: EventBus;
  readonly feed: EventFeed;
  /** Messages that each reader followed here is behind; asked of Kafka at most every five seconds. */
  lag(): Promise<Lags>;
  /** Whether Kafka answers for the topic, within two seconds. */
  isReachable(): Promise<boolean>;
  counters(): KafkaCounters;
  /** Ends all that follow and watch, waits for publishings under way, leaves the groups. */
  close(): Promise<void>;
}

/**
 * Makes or checks the topic and connects. Kafka may be away: after 8 s it goes on in the background, the bus rejects and
 * the feed is silent until it is there.
 * @throws BrokersInvalid, TopicUnsuitable, KafkaRefused
 */
export async function openKafka(options: KafkaOptions): Promise<OpenedKafka> {
  checkBrokers(options.brokers);
  const admin = new AdminConnection(options);
  const gate = new TopicGate(options, admin);
  const counts = new KafkaCounts();
  const bus = new KafkaBus(options, gate, counts);
  const parsed = new ParsedMessages(options.arrived);
  const feed = new KafkaFeed(options.groupPrefix ?? options.topic, { options, counts, admin, gate, parsed });
  try {
    await gate.open();
    await feed.open(gate.isOpen);
  } catch (error) {
    await admin.close();
    throw error;
  }
  const lag = new Lag(options.topic, admin, () => feed.groups());
  return {
    bus,
    feed,
    lag: () => lag.read(),
    isReachable: () => isReachable(options.topic, admin),
    counters: () => counts.snapshot(),
    close: async () => {
      await Promise.all([gate.close(), feed.close()]);
      await bus.close();
      await admin.close();
    },
  };
}

function checkBrokers(brokers: readonly string[]): void {
  const wrong = brokers.find((broker) => !/^[^\s,/]+:\d+$/.test(broker));
  if (brokers.length > 0 && wrong === undefined) return;
  throw new BrokersInvalid(`Kafka brokers are given as host:port,host:port; not as '${wrong ?? ''}'`);
}

async function isReachable(topic: string, admin: AdminConnection): Promise<boolean> {
  try {
    const { topics } = await admin.ask((asked) => asked.fetchTopicMetadata({ topics: [topic] }), REACHABLE_MS);
    return topics.some(({ partitions }) => partitions.length > 0);
  } catch {
    return false;
  }
}
