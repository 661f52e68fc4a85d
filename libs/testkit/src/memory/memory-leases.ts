import type { LeaseRecord, LeaseStore } from '@gemel/application/ports';

/** Leases in memory; a replacement takes effect at once and resolves a tick later. */
export class MemoryLeases implements LeaseStore {
  readonly #records = new Map<string, LeaseRecord>();

  async lease(name: string): Promise<LeaseRecord | undefined> {
    return this.#records.get(name);
  }

  async replaceLease(name: string, expected: LeaseRecord | undefined, next: LeaseRecord): Promise<boolean> {
    const current = this.#records.get(name);
    const { holder, token, beat } = current ?? {};
    if (holder !== expected?.holder || token !== expected?.token || beat !== expected?.beat) return false;
    this.#records.set(name, next);
    return true;
  }
}
