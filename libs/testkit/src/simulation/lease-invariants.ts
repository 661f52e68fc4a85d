import type { HeldLease } from '@gemel/application/leases';
import type { VirtualProcess } from './virtual-process.js';
import type { VirtualWorld } from './virtual-world.js';

interface Holder {
  readonly process: VirtualProcess;
  readonly lease: HeldLease;
}

/** Holds replicas to their leases: one of them acts, and never one whose successor has acted. */
export class LeaseInvariants {
  readonly #holders = new Map<string, Holder[]>();
  readonly #last = new Map<string, { readonly token: number; readonly process: VirtualProcess }>();

  constructor(private readonly world: VirtualWorld) {}

  began(process: VirtualProcess, lease: HeldLease): void {
    const holders = this.#holders.get(lease.name);
    if (holders === undefined) this.#holders.set(lease.name, [{ process, lease }]);
    else holders.push({ process, lease });
  }

  /** A replica does now what only the holder may do. */
  acted(process: VirtualProcess, { name, token }: HeldLease): void {
    this.world.note(process.name, `acts as holder ${token} of ${name}`);
    const last = this.#last.get(name);
    if (last !== undefined && (last.token > token || (last.token === token && last.process !== process))) {
      this.world.violate(
        'one-holder',
        `${process.name} acted as holder ${token} of ${name} after ${last.process.name} as holder ${last.token}`,
      );
    }
    for (const other of this.#holders.get(name) ?? []) {
      if (other.process === process || !other.process.isAlive || !other.lease.isHeld()) continue;
      this.world.violate('one-holder', `${process.name} acted on ${name} while ${other.process.name} holds it`);
    }
    this.#last.set(name, { token, process });
  }
}
