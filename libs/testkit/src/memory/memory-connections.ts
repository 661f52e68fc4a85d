import { RevisionConflict } from '@gemel/application/ports';
import type {
  ConnectionBoard,
  ConnectionOrders,
  ConnectionRecord,
  ConnectionReport,
  ConnectionStore,
  PostedReport,
} from '@gemel/application/ports';

/** Connections and their reports in memory. */
export class MemoryConnections implements ConnectionStore, ConnectionBoard {
  readonly #revisions = new Map<string, ConnectionRecord[]>();
  readonly #orders = new Map<string, ConnectionOrders>();
  readonly #reports = new Map<string, ConnectionReport>();
  /** When each process last said that it is there. */
  readonly #heard = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  #version = 0;

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
    this.#changed();
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

  async reportsOf(connectionId: string): Promise<readonly PostedReport[]> {
    const all = [...this.#reports.values()].filter((report) => report.connectionId === connectionId);
    return all.map((report) => ({ ...report, silentMs: this.#silentMs(report.instance) }));
  }

  async removeReport(connectionId: string, client: number, instance: string): Promise<void> {
    const key = `${connectionId}#${client}`;
    if (this.#reports.get(key)?.instance === instance) this.#reports.delete(key);
  }

  async sayPresent(instance: string): Promise<void> {
    this.#heard.set(instance, performance.now());
  }

  async sayGone(instance: string): Promise<void> {
    this.#heard.delete(instance);
  }

  async present(withinMs: number): Promise<readonly string[]> {
    return [...this.#heard.keys()].filter((instance) => (this.#silentMs(instance) ?? Infinity) <= withinMs);
  }

  #silentMs(instance: string): number | undefined {
    const heard = this.#heard.get(instance);
    return heard === undefined ? undefined : performance.now() - heard;
  }

  #changed(): void {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }
}
