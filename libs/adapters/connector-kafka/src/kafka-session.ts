import { setTimeout as delay } from 'node:timers/promises';

import { standing } from '@gemel/connector-parts';
import type { LinkFault, Session } from '@gemel/connector-parts';
import type { Admin, Consumer, Kafka, Producer } from 'kafkajs';

import { choosePartition } from './choose-partition.js';
import type { Consumption } from './consumption.js';
import { kafkaFault } from './faults.js';
import { kafkaClient } from './kafka-client.js';
import type { ClientParts } from './kafka-client.js';
import type { Outlet } from './outlet.js';
import { endsOfUncommitted } from './starting-offsets.js';
import type { Partition } from './starting-offsets.js';

/** Partitions whose batches are taken side by side. */
const PARTITIONS_AT_ONCE = 16;
/** Before the brokers are asked whether they are there: several sockets end at a time. */
const PROBE_PAUSE_MS = 100;
/** Before offsets are committed again that could not be: the group changes. */
const PLACE_PAUSE_MS = 200;

export interface SessionParts extends Omit<ClientParts, 'onSocketClosed'> {
  /** One for each consumer. */
  readonly consumptions: readonly Consumption[];
  readonly outlet: Outlet;
}

/** One of a connection's consumers. */
interface Member {
  readonly consumption: Consumption;
  readonly consumer: Consumer;
}

/** One stay in the group with one producer: ends when a consumer crashes or no broker answers. */
export class KafkaSession implements Session {
  readonly ended: Promise<LinkFault>;
  readonly #client: Kafka;
  readonly #producer: Producer;
  readonly #members: readonly Member[];
  #end: (fault: LinkFault) => void = () => undefined;
  #isOver = false;
  #closing: Promise<void> | undefined;
  #probing: Promise<void> | undefined;
  /** Its socket's end says nothing. */
  #asking = false;

  private constructor(private readonly parts: SessionParts) {
    this.ended = new Promise((resolve) => (this.#end = resolve));
    this.#client = kafkaClient({ ...parts, onSocketClosed: () => this.probe() });
    this.#producer = this.#client.producer({
      allowAutoTopicCreation: true,
      maxInFlightRequests: 1,
      createPartitioner: choosePartition,
    });
    this.#members = parts.consumptions.map((consumption) => ({ consumption, consumer: this.#consumer() }));
  }

  /** Rejects with what kafkajs throws when it does not come to stand. */
  static open(parts: SessionParts, signal: AbortSignal): Promise<KafkaSession> {
    const session = new KafkaSession(parts);
    return standing(session, () => session.#connect(), signal);
  }

  close(deadlineMs: number): Promise<void> {
    return (this.#closing ??= this.#close(deadlineMs));
  }

  /** A socket has ended or a request has failed: asks whether there is still a broker. */
  probe(): void {
    if (this.#isOver || this.#asking) return;
    this.#probing ??= this.#probe().finally(() => (this.#probing = undefined));
  }

  /** Rejects when nobody answers. */
  hasTopic(topic: string): Promise<boolean> {
    return this.#ask(async (admin) => (await admin.listTopics()).includes(topic));
  }

  async #connect(): Promise<void> {
    await this.#producer.connect();
    this.parts.outlet.opened(this.#producer);
    const members = this.#members.filter(({ consumption }) => consumption.topics.length > 0);
    await Promise.all(members.map((member) => this.#consume(member)));
  }

  #consumer(): Consumer {
    const { options, connection } = this.parts;
    return this.#client.consumer({
      groupId: connection.specificConfig.groupId,
      sessionTimeout: options.sessionTimeoutMs,
      heartbeatInterval: options.sessionTimeoutMs / 4,
      // An idle fetch waits for so long, and with it whoever stops.
      maxWaitTimeInMs: 500,
      metadataMaxAge: 60_000,
      allowAutoTopicCreation: false,
      retry: { restartOnFailure: () => Promise.resolve(false) },
    });
  }

  async #consume({ consumption, consumer }: Member): Promise<void> {
    const { connection } = this.parts;
    let isIn: () => void = () => undefined;
    const joined = new Promise<void>((resolve) => (isIn = resolve));
    const fromBeginning = connection.specificConfig.offsetReset === 'earliest';
    let joins = 0;
    consumer.on('consumer.group_join', ({ payload }) => {
      const join = ++joins;
      consumption.joined(consumer, payload.memberAssignment);
      const placed = fromBeginning ? Promise.resolve(true) : this.#place(consumption, () => joins === join);
      placed.then(
        (isPlaced) => isPlaced && isIn(),
        (error: unknown) => this.#over(kafkaFault(error, consumption.topics)),
      );
    });
    consumer.on('consumer.crash', ({ payload }) => this.#over(kafkaFault(payload.error, consumption.topics)));
    await consumer.connect();
    await consumer.subscribe({ topics: [...consumption.topics], fromBeginning });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: (payload) => consumption.take(payload),
    });
    await joined;
  }

  /**
   * kafkajs finds the end of a partition when it first fetches, which may be any time later: who begins at the end must know
   * it before anybody hears that the connection is open. False when the next stay in the group, or session, has to do it.
   */
  async #place(consumption: Consumption, isWanted: () => boolean): Promise<boolean> {
    const { groupId } = this.parts.connection.specificConfig;
    const find = (partitions: readonly Partition[]) =>
      this.#ask((admin) => endsOfUncommitted(admin, groupId, partitions));
    while (isWanted() && !this.#isOver) {
      if (await consumption.placed(find)) return true;
      await delay(PLACE_PAUSE_MS);
    }
    return false;
  }

  async #probe(): Promise<void> {
    await delay(PROBE_PAUSE_MS);
    if (this.#isOver) return;
    try {
      await this.#ask((admin) => admin.describeCluster());
    } catch (error) {
      this.#over(kafkaFault(error));
    }
  }

  async #ask<Answer>(question: (admin: Admin) => Promise<Answer>): Promise<Answer> {
    const admin = this.#client.admin({ retry: { retries: 0 } });
    try {
      await admin.connect();
      return await question(admin);
    } finally {
      this.#asking = true;
      await admin.disconnect().catch(() => undefined);
      this.#asking = false;
    }
  }

  #over(fault: LinkFault): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const consumption of this.parts.consumptions) consumption.lost();
    this.parts.outlet.lost();
    this.#end(fault);
    void this.close(0);
  }

  async #close(deadlineMs: number): Promise<void> {
    this.#isOver = true;
    const clients = [...this.#members.map(({ consumer }) => consumer), this.#producer];
    const leaving = Promise.allSettled(clients.map((client) => client.disconnect()));
    await Promise.race([leaving, delay(Math.max(deadlineMs, 100))]);
    for (const consumption of this.parts.consumptions) consumption.lost();
    this.parts.outlet.lost();
    this.#end({ state: 'connecting', detail: 'the connection to Kafka has ended' });
  }
}
