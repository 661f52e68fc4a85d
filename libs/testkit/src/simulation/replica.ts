import { FailureLog, Ingest } from '@gemel/application/ingest';
import { LeaseKeeper } from '@gemel/application/leases';
import type { HeldLease } from '@gemel/application/leases';
import type { EventBus, EventFeed, EventReader, RecordedEvent, Subscription } from '@gemel/application/ports';
import { EventRelay, RELAY } from '@gemel/application/relay';
import { Turns } from '@gemel/application/signals';
import { parseSubjectId } from '@gemel/model/policies';
import { MemoryLiveBus } from '../memory/index.js';
import type { DeviceMessage } from './device-broker.js';
import { plantInLease, plantInLog, plantInStates } from './planted-faults.js';
import type { PlantedFault } from './scenario.js';
import { ReplicaBus } from './replica-bus.js';
import { ReplicaHistory } from './replica-history.js';
import { ReplicaStore } from './replica-store.js';
import { ReplicaLeases } from './shared-leases.js';
import type { Surroundings } from './surroundings.js';
import type { SimulatedCore } from './system-under-test.js';
import type { VirtualProcess } from './virtual-process.js';

const LIMITS = { maxThingBytes: 102_400, maxPolicyBytes: 102_400, maxMessageBytes: 256_000 };
const RECONNECT_MS = 400;
const PROJECTION = 'projection';
const GATHER_MS = 300;
const DEVICE = parseSubjectId('sim:device');

/** A connection to the devices' broker; one replica holds it. */
export const CONNECTIONS = ['connection-0', 'connection-1'] as const;

/** One incarnation of a replica with use cases and caches of its own, on what all share. */
export class Replica {
  readonly core: SimulatedCore;
  readonly #store: ReplicaStore;
  readonly #bus: ReplicaBus;
  readonly #leases: ReplicaLeases;
  readonly #work: Subscription[] = [];

  constructor(
    private readonly surroundings: Surroundings,
    readonly process: VirtualProcess,
    private readonly planted?: PlantedFault,
  ) {
    const { world, shared, system } = surroundings;
    this.#leases = new ReplicaLeases(shared.leases, process);
    this.#store = new ReplicaStore({ shared: shared.store, process, leases: this.#leases, system });
    plantInStates(planted, this.#store.states, system.eventKey);
    this.#bus = new ReplicaBus(shared.bus, process, world);
    const log = plantInLog(planted, this.#store, { bus: this.#bus, endOfLog: () => shared.store.end });
    this.core = system.wireCore(
      {
        log,
        states: this.#store,
        memory: this.#store,
        archive: this.#store.archive,
        directory: this.#store.directory,
        records: this.#store.records,
        index: this.#store,
        feed: this.#watchedFeed(),
        history: new ReplicaHistory(shared.history, process),
        live: new MemoryLiveBus(),
        clock: process.clock,
        timers: process.timers,
        ids: process.ids,
      },
      { ...LIMITS, strictComposition: surroundings.isStrict && planted !== 'unchecked-parents' },
      { metrics: { written: () => undefined }, logger: process.logger },
    );
  }

  /** Ends what it does for all, and answers what it was asked. */
  async stop(): Promise<void> {
    await Promise.all(this.#work.splice(0).map((subscription) => subscription.stop()));
    await this.core.streams.close();
  }

  /** Hands the log to the bus while it holds the lease for that. */
  competeForRelay(): void {
    const { process } = this;
    const competing = this.#keeper().compete(RELAY, {
      start: (held) => {
        const lease = plantInLease(this.planted, held);
        this.surroundings.invariants.leases.began(process, held);
        const relay = new EventRelay(this.#actingBus(held), this.#leases, lease, process.timers);
        return Promise.resolve(relay.follow(this.#logFeed()));
      },
    });
    this.#work.push(competing);
  }

  /** Writes the documents of states while it holds the lease for that. */
  competeForProjection(): void {
    const { timers } = this.process;
    const competing = this.#keeper().compete(PROJECTION, {
      start: ({ token }) => {
        const projection = this.#store.projection(token);
        const gathering: EventReader = {
          name: projection.name,
          position: () => projection.position(),
          handle: async (events) => {
            // So that documents are behind the log, as they are in a cluster.
            await timers.sleep(GATHER_MS, new AbortController().signal);
            await projection.handle(events);
          },
        };
        return Promise.resolve(this.#logFeed().follow(gathering));
      },
    });
    this.#work.push(competing);
  }

  /** Takes in what devices send while it holds the lease of their connection. */
  competeForConnections(): void {
    const keeper = this.#keeper();
    for (const name of CONNECTIONS) {
      this.#work.push(keeper.compete(name, { start: (held) => Promise.resolve(this.#connect(name, held)) }));
    }
  }

  /** Takes its part in what readers do together. */
  followAsGroup(): void {
    for (const reader of this.core.readers) this.#work.push(this.#bus.follow(this.#watchedReader(reader)));
  }

  #keeper(): LeaseKeeper {
    const { process } = this;
    return new LeaseKeeper({ store: this.#leases, timers: process.timers, log: process.logger, holder: process.name });
  }

  #logFeed(): EventFeed {
    const { world, system, shared } = this.surroundings;
    const { process } = this;
    return system.openLogFeed({
      log: this.#store,
      onCommit: (listener) =>
        shared.store.onCommit(({ number, events }) =>
          process.deliverAfter(process.latency(`commit ${number}`), () => listener(events)),
        ),
      logger: process.logger,
      pause: (ms, signal) => process.timers.sleep(ms, signal),
      nextTurn: () => new Promise((resolve) => world.after(0, () => process.deliver(resolve))),
    });
  }

  #actingBus(held: HeldLease): EventBus {
    return {
      publish: (events) => {
        this.surroundings.invariants.leases.acted(this.process, held);
        return this.#bus.publish(events);
      },
    };
  }

  #connect(name: string, held: HeldLease): Subscription {
    const { process, surroundings } = this;
    const lease = plantInLease(this.planted, held);
    surroundings.invariants.leases.began(process, held);
    const failures = new FailureLog(process.clock, process.logger);
    const ingest = new Ingest(this.core.things, failures, process.ids);
    const stopped = new AbortController();
    let session: Session | undefined;
    const connect = async () => {
      // A renewal that was late makes the lease held again, so that not being held now is no reason to give up.
      while (!lease.isHeld() && !stopped.signal.aborted) await process.timers.sleep(RECONNECT_MS, stopped.signal);
      if (stopped.signal.aborted) return;
      session = new Session(this.surroundings, process, {
        name,
        lease,
        held,
        ingest,
        onFailure: () => void reconnect(),
      });
    };
    const reconnect = async () => {
      await process.timers.sleep(RECONNECT_MS, stopped.signal);
      await connect();
    };
    void connect();
    return {
      stop: async () => {
        stopped.abort();
        session?.end();
      },
    };
  }

  #watchedReader(reader: EventReader): EventReader {
    const { readers } = this.surroundings.invariants;
    return {
      name: reader.name,
      position: () => reader.position(),
      handle: (events) => {
        readers.offered(reader.name, events);
        return reader.handle(events);
      },
    };
  }

  /** Remembers when the process learned of an event, since streams show what is readable between that and the showing. */
  #watchedFeed(): EventFeed {
    const { arrivals, world } = this.surroundings;
    const { name } = this.process;
    return {
      follow: (reader) => this.#bus.follow(reader),
      watch: (listener) =>
        this.#bus.watch((recorded: RecordedEvent) => {
          arrivals.set(`${name} ${recorded.event.id}#${recorded.event.revision}`, world.now);
          this.#store.states.follow(recorded.event);
          listener(recorded);
        }),
    };
  }
}

interface SessionParts {
  readonly name: string;
  /** As the holder looks at it. */
  readonly lease: HeldLease;
  /** As it is. */
  readonly held: HeldLease;
  readonly ingest: Ingest;
  readonly onFailure: () => void;
}

/** One session with the broker. Messages of one device are handled one after the other; after a failure none is. */
class Session {
  readonly #turns = new Turns();
  readonly #broker;
  #ended = false;

  constructor(
    private readonly surroundings: Surroundings,
    private readonly process: VirtualProcess,
    private readonly parts: SessionParts,
  ) {
    this.#broker = surroundings.shared.broker.open(parts.name, process, {
      onMessage: (message) => void this.#turns.run([message.device], () => this.#take(message)),
      onClosed: () => this.#fail(),
    });
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#broker.end();
  }

  async #take(message: DeviceMessage): Promise<void> {
    const { lease, held, ingest } = this.parts;
    if (this.#ended) return;
    if (!lease.isHeld()) {
      this.#fail();
      return;
    }
    this.surroundings.invariants.leases.acted(this.process, held);
    try {
      await ingest.handle({ address: message.device, payload: message.payload, subjects: [DEVICE], headers: {} });
      this.#broker.confirm(message.id);
    } catch {
      this.#fail();
    }
  }

  /** What is not confirmed comes again with the next session. */
  #fail(): void {
    if (this.#ended) return;
    this.end();
    this.parts.onFailure();
  }
}
