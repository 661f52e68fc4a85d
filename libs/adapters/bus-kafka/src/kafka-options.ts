import type { Logger, RecordedEvent } from '@gemel/application/ports';
import type { KafkaLogin } from '@gemel/kafka-parts';
import type { ISocketFactory } from 'kafkajs';
import type { TopicPlan } from './topic-plan.js';

export interface KafkaOptions {
  /** `host:port` of one broker at least; the others are found through it. */
  readonly brokers: readonly string[];
  /** Names this process in the brokers' logs and quotas. */
  readonly clientId: string;
  /** Holds the events and nothing else. */
  readonly topic: string;
  /** Consumer groups are `<prefix>.<reader>` and `<prefix>.watch.<uuid>`. @default the topic */
  readonly groupPrefix?: string;
  /** False in a process where nobody watches: it need not read what nobody hears, and `watch` is refused. @default true */
  readonly watched?: boolean;
  /** How the topic is made when it is missing, and what is asked of one that is there. */
  readonly settings?: Partial<TopicPlan>;
  /** @default none */
  readonly compression?: 'none' | 'gzip';
  readonly tls?: boolean;
  readonly login?: KafkaLogin;
  /**
   * A replica that is silent for so long has lost its partitions, in milliseconds; the others wait for it meanwhile, and
   * after an outage of Kafka all do. @default 6_000
   */
  readonly sessionTimeoutMs?: number;
  /**
   * How long the others of a group wait for a replica's batch when one comes or goes, in milliseconds; a batch that
   * takes longer then comes again elsewhere. @default 120_000
   */
  readonly rebalanceTimeoutMs?: number;
  readonly log: Logger;
  /** Is shown what comes, before any reader; perhaps more than once, and a thing's events in order. */
  readonly arrived?: (recorded: RecordedEvent) => void;
  /** Whether `arrived` is shown what nobody watches, too; asked whenever something comes. @default no */
  readonly isFollowed?: () => boolean;
  /** Waits before a rejected batch is tried again: resolves after the time, or when the signal aborts. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Opens connections; so that a test can cut them. @default TCP or TLS of Node */
  readonly sockets?: ISocketFactory;
}
