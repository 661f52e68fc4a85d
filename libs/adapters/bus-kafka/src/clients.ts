import { createKafka, saslOf } from '@gemel/kafka-parts';
import kafkajs from 'kafkajs';
import type { Consumer, Kafka, KafkaConfig, Producer, RetryOptions } from 'kafkajs';
import { kafkaLog } from './kafka-log.js';
import type { KafkaOptions } from './kafka-options.js';

/** Said in full: kafkajs has other defaults when it runs in tests. */
const RETRY: RetryOptions = { initialRetryTime: 100, maxRetryTime: 1_000, factor: 0.2, multiplier: 2, retries: 5 };
const SESSION_TIMEOUT_MS = 6_000;
const REBALANCE_TIMEOUT_MS = 120_000;

/**
 * A client of its own for every consumer: kafkajs shares the offsets of a group among all consumers of a client, and two
 * of one group would spoil each other's.
 */
export function kafkaClient(options: KafkaOptions): Kafka {
  const { brokers, clientId, log, tls, login, sockets } = options;
  const config: KafkaConfig = {
    brokers: [...brokers],
    clientId,
    connectionTimeout: 2_000,
    requestTimeout: 10_000,
    retry: RETRY,
    logLevel: kafkajs.logLevel.INFO,
    logCreator: kafkaLog(log),
  };
  if (tls === true) config.ssl = true;
  if (login !== undefined) config.sasl = saslOf(login);
  if (sockets !== undefined) config.socketFactory = sockets;
  return createKafka(config);
}

/** @param sent hears of the partition of each message, and of how many there are, before it is sent */
export function createProducer(options: KafkaOptions, sent: (partition: number, of: number) => void): Producer {
  return kafkaClient(options).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    metadataMaxAge: 60_000,
    createPartitioner: () => {
      const choose = kafkajs.Partitioners.DefaultPartitioner();
      return (message) => {
        const partition = choose(message);
        sent(partition, message.partitionMetadata.length);
        return partition;
      };
    },
  });
}

export function createConsumer(options: KafkaOptions, groupId: string): Consumer {
  const sessionTimeout = options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS;
  return kafkaClient(options).consumer({
    groupId,
    sessionTimeout,
    rebalanceTimeout: options.rebalanceTimeoutMs ?? REBALANCE_TIMEOUT_MS,
    heartbeatInterval: heartbeatMsOf(options),
    // An idle fetch waits for so long, and with it whoever stops.
    maxWaitTimeInMs: 500,
    metadataMaxAge: 60_000,
    allowAutoTopicCreation: false,
    // kafkajs starts again after some failures and not after others: we do it after all of them.
    retry: { ...RETRY, restartOnFailure: () => Promise.resolve(false) },
  });
}

/** Between signs of life of a consumer, in milliseconds. */
export function heartbeatMsOf(options: KafkaOptions): number {
  return Math.min(1_000, (options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS) / 4);
}
