import { LeaseLost } from '@gemel/application/ports';
import type { LeaseRecord, LeaseStore, Position, ReaderPositions } from '@gemel/application/ports';
import type { VirtualProcess } from './virtual-process.js';

/** Leases and readers' positions of all replicas. */
export class SharedLeases {
  readonly #leases = new Map<string, LeaseRecord>();
  readonly #positions = new Map<string, { readonly position: Position; readonly token: number }>();

  lease(name: string): LeaseRecord | undefined {
    return this.#leases.get(name);
  }

  replace(name: string, expected: LeaseRecord | undefined, next: LeaseRecord): boolean {
    const before = this.#leases.get(name);
    if (before?.holder !== expected?.holder || before?.token !== expected?.token || before?.beat !== expected?.beat) {
      return false;
    }
    this.#leases.set(name, next);
    return true;
  }

  position(reader: string): Position {
    return this.#positions.get(reader)?.position ?? 0;
  }

  savePosition(reader: string, position: Position, token: number): void {
    if (token < (this.#positions.get(reader)?.token ?? 0)) throw new LeaseLost(reader);
    this.#positions.set(reader, { position, token });
  }
}

/** The shared leases as one replica sees them. */
export class ReplicaLeases implements LeaseStore, ReaderPositions {
  constructor(
    private readonly shared: SharedLeases,
    private readonly process: VirtualProcess,
  ) {}

  lease(name: string): Promise<LeaseRecord | undefined> {
    return this.process.call(`look at lease ${name}`, () => this.shared.lease(name));
  }

  replaceLease(name: string, expected: LeaseRecord | undefined, next: LeaseRecord): Promise<boolean> {
    return this.process.call(`lease ${name} ${next.holder}/${next.token}.${next.beat}`, () =>
      this.shared.replace(name, expected, next),
    );
  }

  readerPosition(reader: string): Promise<Position> {
    return this.process.call(`position of ${reader}`, () => this.shared.position(reader));
  }

  saveReaderPosition(reader: string, position: Position, token: number): Promise<void> {
    return this.process.call(`${reader} is at ${position}`, () => this.shared.savePosition(reader, position, token));
  }
}
