import type { MemoryHistory } from '../memory/index.js';
import type { DeviceBroker } from './device-broker.js';
import type { Invariants } from './invariants.js';
import type { SharedBus } from './shared-bus.js';
import type { SharedLeases } from './shared-leases.js';
import type { SharedStore } from './shared-store.js';
import type { SystemUnderTest } from './system-under-test.js';
import type { VirtualWorld } from './virtual-world.js';

/** What outlives every replica. */
export interface Shared {
  readonly store: SharedStore;
  readonly bus: SharedBus;
  readonly leases: SharedLeases;
  readonly history: MemoryHistory;
  readonly broker: DeviceBroker;
}

/** What replicas live in. */
export interface Surroundings {
  readonly world: VirtualWorld;
  readonly system: SystemUnderTest;
  readonly shared: Shared;
  readonly invariants: Invariants;
  /** When a replica learned of an event, by `<replica> <thing>#<revision>`. */
  readonly arrivals: Map<string, number>;
  /** Whether no write may break the composition. */
  readonly isStrict: boolean;
}
