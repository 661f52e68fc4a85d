import { AnswerInvariants } from './answer-invariants.js';
import { LeaseInvariants } from './lease-invariants.js';
import { LogInvariants } from './log-invariants.js';
import { ReaderInvariants } from './reader-invariants.js';
import type { Operation } from './scenario.js';
import type { SharedStore } from './shared-store.js';
import { TreeInvariants } from './tree-invariants.js';
import { Truth } from './truth.js';
import type { VirtualWorld } from './virtual-world.js';

/** All that must hold; see docs/simulation.md. */
export class Invariants {
  readonly log: LogInvariants;
  readonly answers: AnswerInvariants;
  readonly readers: ReaderInvariants;
  readonly leases: LeaseInvariants;
  readonly trees: TreeInvariants;

  constructor(world: VirtualWorld, store: SharedStore, operations: readonly Operation[]) {
    // First: the others ask it about the commit that they look at.
    const truth = new Truth(world, store);
    this.log = new LogInvariants(world, store);
    this.answers = new AnswerInvariants(world, store, truth);
    this.readers = new ReaderInvariants(world, store);
    this.leases = new LeaseInvariants(world);
    this.trees = new TreeInvariants(world, store, operations);
  }
}
