import { randomUUID } from 'node:crypto';
import type { LiveBus, LiveFrame, Meter, Subscription } from '@gemel/application/ports';
import { AdminConnection } from './admin-connection.js';
import { KafkaCounts } from './counters.js';
import type { KafkaOptions } from './kafka-options.js';
import { LiveSender } from './live-sender.js';
import { LiveWatch } from './live-watch.js';
import { TopicGate } from './topic-gate.js';
import type { TopicPlan } from './topic-plan.js';

/** Nothing is read later than at once; Kafka keeps it for a while all the same. */
const LIVE_TOPIC: Partial<TopicPlan> = { partitions: 3, retentionMs: 600_000 };

/** The live channel between processes. */
export interface OpenedLiveBus {
  readonly bus: LiveBus;
  readonly meters: readonly Meter[];
  close(): Promise<void>;
}

/**
 * Makes or checks the topic and listens. While Kafka is away, for 8 s at the start and at any time later, the bus works
 * inside the process and loses what is for others.
 * @throws TopicUnsuitable, KafkaRefused
 */
export async function openKafkaLive(options: KafkaOptions): Promise<OpenedLiveBus> {
  const own: KafkaOptions = { ...options, settings: { ...LIVE_TOPIC, ...options.settings } };
  const process = randomUUID();
  const admin = new AdminConnection(own);
  const gate = new TopicGate(own, admin);
  const listeners = new Listeners(own);
  const sender = new LiveSender(own, gate, process);
  const parts = { options: own, counts: new KafkaCounts(), admin, gate };
  const watch = new LiveWatch(parts, process, (frame) => listeners.show(frame));
  try {
    await gate.open();
    if (gate.isOpen) await watch.openNow();
  } catch (error) {
    await admin.close();
    throw error;
  }
  watch.start();
  return {
    bus: {
      publish: (frame) => {
        listeners.show(frame);
        sender.add(frame);
      },
      listen: (listener) => listeners.add(listener),
    },
    meters: [meterOf(sender)],
    close: async () => {
      await Promise.all([gate.close(), watch.stop(), sender.close()]);
      await admin.close();
    },
  };
}

/** Those of this process. */
class Listeners {
  readonly #listeners = new Set<(frame: LiveFrame) => void>();

  constructor(private readonly options: KafkaOptions) {}

  add(listener: (frame: LiveFrame) => void): Subscription {
    // So that the same function may be added twice, and each end its own.
    const own = (frame: LiveFrame) => {
      listener(frame);
    };
    this.#listeners.add(own);
    return {
      stop: () => {
        this.#listeners.delete(own);
        return Promise.resolve();
      },
    };
  }

  show(frame: LiveFrame): void {
    for (const listener of this.#listeners) {
      try {
        listener(frame);
      } catch (error) {
        this.options.log.error({ error, entityId: frame.entityId }, 'a listener of the live channel failed');
      }
    }
  }
}

function meterOf(sender: LiveSender): Meter {
  return {
    name: 'gemel_live_bus_frames_total',
    help: 'Live signals and answers on their way to other processes, by what became of them.',
    kind: 'counter',
    labels: ['kind'],
    read: () => Object.entries({ ...sender.counters() }).map(([kind, value]) => ({ labels: { kind }, value })),
  };
}
