import { OutcomeUnknown, StoreUnavailable } from '@gemel/application/ports';
import { RELAY } from '@gemel/application/relay';
import { MemoryHistory } from '../memory/index.js';
import { DeviceBroker } from './device-broker.js';
import { Invariants } from './invariants.js';
import { Replica } from './replica.js';
import type { Incident, Role, Scenario } from './scenario.js';
import { SharedBus } from './shared-bus.js';
import { SharedLeases } from './shared-leases.js';
import { SharedStore } from './shared-store.js';
import type { Shared, Surroundings } from './surroundings.js';
import type { SystemUnderTest } from './system-under-test.js';
import { CALM, VirtualProcess } from './virtual-process.js';
import type { VirtualWorld } from './virtual-world.js';

/** A replica that is asked to stop is killed after so long. */
const STOP_MS = 8_000;

/** All replicas of a scenario on one virtual world. */
export class Cluster implements Surroundings {
  readonly shared: Shared;
  readonly invariants: Invariants;
  readonly arrivals = new Map<string, number>();
  readonly isStrict: boolean;
  readonly #replicas = new Map<string, Replica>();
  #weather = CALM;
  /** How often each was started. */
  readonly #incarnations = new Map<string, number>();

  constructor(
    readonly world: VirtualWorld,
    readonly scenario: Scenario,
    readonly system: SystemUnderTest,
  ) {
    this.isStrict = scenario.strict === true;
    const store = new SharedStore();
    this.invariants = new Invariants(world, store, scenario.operations);
    this.shared = {
      store,
      bus: new SharedBus(),
      leases: new SharedLeases(),
      history: new MemoryHistory(),
      broker: new DeviceBroker(world, ({ device, id, sentAt }) =>
        this.invariants.answers.messageConfirmed(device, id, sentAt),
      ),
    };
  }

  /** Starts all replicas. */
  start(): void {
    for (const role of ['things', 'ingest', 'extended-api'] as const) {
      for (let index = 0; index < this.scenario.replicas[role]; index += 1) this.#start(role, index);
    }
  }

  /** A replica that no incident befalls and nothing else uses. */
  bystander(): Replica {
    return new Replica(this, this.#newProcess('bystander'));
  }

  /** The replica that answers for an index now; its process may be dead or suspended. */
  replica(role: Role, index: number): Replica {
    const replica = this.#replicas.get(this.#nameOf(role, index));
    if (replica === undefined) throw new Error(`there is no replica of ${role}`);
    return replica;
  }

  befall({ role, replica: index, kind, ms }: Incident): void {
    const replica = this.replica(role, index);
    const { process } = replica;
    if (!process.isAlive) return;
    if (kind === 'pause') {
      process.pause(ms);
      return;
    }
    const end = () => {
      if (!process.isAlive) return;
      process.crash();
      this.world.after(ms, () => this.#start(role, index % this.scenario.replicas[role]));
    };
    if (kind === 'crash') {
      end();
      return;
    }
    this.world.note(process.name, 'is asked to stop');
    process.deliver(() => void replica.stop().then(end));
    this.world.after(STOP_MS, end);
  }

  /** From now on things go wrong as the scenario says. */
  storm(): void {
    this.#weather = this.scenario.weather;
  }

  calm(): void {
    this.#weather = CALM;
  }

  /** What has not come to rest: events that did not reach every reader, messages that were not taken. */
  unrest(): readonly string[] {
    const { store, bus, leases, broker } = this.shared;
    const parts: readonly (readonly [string, boolean])[] = [
      ['the documents', leases.position(this.system.projectionName) === store.end],
      ['the relay', leases.position(RELAY) === store.end && bus.last === store.end],
      ['the history', bus.group('history').isDone()],
      ['the devices', broker.isEmpty()],
      ['a suspended replica', [...this.#replicas.values()].every(({ process }) => !process.isPaused)],
    ];
    return parts.filter(([, isAtRest]) => !isAtRest).map(([name]) => name);
  }

  #start(role: Role, index: number): void {
    const name = this.#nameOf(role, index);
    const replica = new Replica(this, this.#newProcess(name), this.scenario.planted);
    this.#replicas.set(name, replica);
    switch (role) {
      case 'things':
        replica.competeForRelay();
        replica.competeForProjection();
        return;
      case 'ingest':
        replica.competeForConnections();
        replica.followAsGroup();
        return;
      case 'extended-api':
        return;
    }
  }

  #newProcess(name: string): VirtualProcess {
    const incarnation = (this.#incarnations.get(name) ?? 0) + 1;
    this.#incarnations.set(name, incarnation);
    return new VirtualProcess(`${name}.${incarnation}`, {
      world: this.world,
      weather: () => this.#weather,
      onError: (message, fields) => {
        const { error } = fields;
        // The way of the store was interrupted, as the weather wants it.
        if (error instanceof StoreUnavailable || error instanceof OutcomeUnknown) return;
        const reason = error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(fields);
        this.world.violate('no-errors-logged', `${name}: ${message}: ${reason}`);
      },
    });
  }

  #nameOf(role: Role, index: number): string {
    return `${role}-${index % this.scenario.replicas[role]}`;
  }
}
