import { RevisionConflict } from '@gemel/application/ports';
import type {
  ConnectionBoard,
  ConnectionOrders,
  ConnectionRecord,
  ConnectionReport,
  ConnectionStore,
} from '@gemel/application/ports';

/** Connections and their reports in memory. */
export class MemoryConnections implements ConnectionStore, ConnectionBoard {
  readonly #revisions = new Map<string, ConnectionRecord[]>();
  readonly #orders = new Map<string, ConnectionOrders>();
  readonly #reports = new Map<string, ConnectionReport>();
  readonly #listeners = new Set<() => void>();
  #version = 0;

  /** Calls after each change. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async connection(id: string): Promise<ConnectionRecord | undefined> {
    return this.#revisions.get(id)?.at(-1);
  }

  async connections(): Promise<readonly ConnectionRecord[]> {
    return [...this.#revisions.values()]
      .flatMap((revisions) => revisions.at(-1) ?? [])
      .filter(({ deleted }) => !deleted)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  async pastConnection(id: string, revision: number): Promise<ConnectionRecord | undefined> {
    return this.#revisions.get(id)?.find((record) => record.revision === revision);
  }

  async putConnection(record: ConnectionRecord): Promise<void> {
    const revisions = this.#revisions.get(record.id) ?? [];
    if (record.revision !== (revisions.at(-1)?.revision ?? 0) + 1) throw new RevisionConflict(record.id);
    this.#revisions.set(record.id, [...revisions, record]);
    this.#changed();
  }

  async relockConnection(record: ConnectionRecord): Promise<void> {
    const revisions = this.#revisions.get(record.id) ?? [];
    this.#revisions.set(
      record.id,
      revisions.map((each) => (each.revision === record.revision ? record : each)),
    );
  }

  async connectionOrders(): Promise<ReadonlyMap<string, ConnectionOrders>> {
    return new Map(this.#orders);
  }

  async orderConnection(id: string, orders: ConnectionOrders): Promise<void> {
    this.#orders.set(id, orders);
    this.#changed();
  }

  async connectionsVersion(): Promise<number> {
    return this.#version;
  }

  async postReports(reports: readonly ConnectionReport[]): Promise<void> {
    for (const report of reports) this.#reports.set(`${report.connectionId}#${report.client}`, report);
  }

  async reportsOf(connectionId: string): Promise<readonly ConnectionReport[]> {
    return [...this.#reports.values()].filter((report) => report.connectionId === connectionId);
  }

  async removeReport(connectionId: string, client: number, instance: string): Promise<void> {
    const key = `${connectionId}#${client}`;
    if (this.#reports.get(key)?.instance === instance) this.#reports.delete(key);
  }

  #changed(): void {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }
}
