import type { PresenceBoard, PresenceRecord } from '@gemel/application/ports';

/** Notes of presence in memory. */
export class MemoryPresences implements PresenceBoard {
  readonly #notes = new Map<string, PresenceRecord>();

  async leave(record: PresenceRecord): Promise<void> {
    this.#notes.set(record.instance, record);
  }

  async notes(): Promise<readonly PresenceRecord[]> {
    return [...this.#notes.values()];
  }

  async remove(instances: readonly string[]): Promise<void> {
    for (const instance of instances) this.#notes.delete(instance);
  }
}
