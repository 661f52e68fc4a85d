import { StoreUnavailable } from '@gemel/application/ports';
import type { EventBus, EventFeed, EventReader, RecordedEvent, Subscription } from '@gemel/application/ports';
import type { SharedBus } from './shared-bus.js';
import type { VirtualProcess } from './virtual-process.js';
import type { VirtualWorld } from './virtual-world.js';

const IDLE_MS = 1_500;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/**
 * The shared bus as one replica sees it. Readers of one name share the events as a group, at least once; each watcher
 * sees all of them, at most once.
 */
export class ReplicaBus implements EventBus, EventFeed {
  constructor(
    private readonly shared: SharedBus,
    private readonly process: VirtualProcess,
    private readonly world: VirtualWorld,
  ) {}

  publish(events: readonly RecordedEvent[]): Promise<void> {
    const what = `publish ${events.length} from ${events[0]?.position ?? 0}`;
    return this.process.call(
      what,
      () => {
        const done = this.process.breakDown(what, events.length);
        this.shared.publish(events.slice(0, done));
        if (done !== undefined) throw new StoreUnavailable('the bus broke down half-way');
      },
      { lane: 'publish' },
    );
  }

  follow(reader: EventReader): Subscription {
    const membership = new Membership(reader, this.shared, this.process, this.world);
    const running = membership.run();
    return {
      stop: () => {
        membership.stop();
        return running;
      },
    };
  }

  watch(listener: (recorded: RecordedEvent) => void): Subscription {
    const { shared, process } = this;
    const next = shared.ends();
    // A late publisher may repeat what came before: whatever is not above the last one shown is old.
    const lastPosition = shared.partitions.map(() => 0);
    const arrive = (partition: number, recorded: RecordedEvent) => {
      if (recorded.position <= (lastPosition[partition] ?? 0) || stopped) return;
      lastPosition[partition] = recorded.position;
      listener(recorded);
    };
    let stopped = false;
    const lane = Array.from(next, () => 0);
    const unsubscribe = shared.onPublish(() => {
      for (const [partition, events] of shared.partitions.entries()) {
        const fresh = events.slice(next[partition]);
        next[partition] = events.length;
        if (fresh.length === 0) continue;
        const at = Math.max(this.world.now + process.latency(`partition ${partition}`), lane[partition] ?? 0);
        lane[partition] = at;
        process.deliverAfter(at - this.world.now, () => {
          for (const recorded of fresh) arrive(partition, recorded);
        });
      }
    });
    return {
      stop: () => {
        stopped = true;
        unsubscribe();
        return Promise.resolve();
      },
    };
  }
}

/** One reader's part in its group. */
class Membership {
  readonly #stopped = new AbortController();
  #wake: AbortController | undefined;

  constructor(
    private readonly reader: EventReader,
    private readonly shared: SharedBus,
    private readonly process: VirtualProcess,
    private readonly world: VirtualWorld,
  ) {}

  stop(): void {
    this.#stopped.abort();
    this.#wake?.abort();
  }

  async run(): Promise<void> {
    const { process, shared, reader } = this;
    const unsubscribe = shared.onPublish(() => process.deliverAfter(1, () => this.#wake?.abort()));
    const group = shared.group(reader.name);
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.#stopped.signal.aborted) {
      const woken = (this.#wake = new AbortController());
      try {
        const fetched = await process.call(`fetch for ${reader.name}`, () => group.fetch(process.name, this.world.now));
        if (fetched === undefined) continue;
        if (fetched.events.length === 0) {
          await process.timers.sleep(IDLE_MS, woken.signal);
          continue;
        }
        await reader.handle(fetched.events);
        await process.call(`commit of ${reader.name}`, () => group.commit(process.name, this.world.now, fetched));
        pauseMs = FIRST_PAUSE_MS;
      } catch {
        await process.timers.sleep(pauseMs, this.#stopped.signal);
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      }
    }
    unsubscribe();
    group.leave(process.name);
  }
}
