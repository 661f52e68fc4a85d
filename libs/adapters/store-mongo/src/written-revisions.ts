/** Entities remembered at the most; whoever comes later is asked for instead. */
const MOST = 20_000;

/** Revisions up to which this process has seen states into the database, of those it wrote last. */
export class WrittenRevisions {
  readonly #revisions = new Map<string, number>();

  /** 0 when it is not known. */
  of(id: string): number {
    return this.#revisions.get(id) ?? 0;
  }

  note(id: string, revision: number): void {
    const last = Math.max(this.of(id), revision);
    this.#revisions.delete(id);
    this.#revisions.set(id, last);
    if (this.#revisions.size > MOST) this.#revisions.delete(this.#revisions.keys().next().value ?? '');
  }
}
