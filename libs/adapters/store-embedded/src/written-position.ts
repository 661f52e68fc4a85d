import type { Position } from '@gemel/application/ports';
import type { Database, Statement } from '@gemel/sqlite';

/** Up to where the rows of things are not behind the log, as the file says. They may be further. */
export class WrittenPosition {
  readonly #update: Statement;
  #position: Position;

  /** @param step events after which it is worth a row */
  constructor(
    database: Database,
    private readonly step: number,
  ) {
    this.#position = Number(database.prepare('SELECT position FROM things_written').get()?.['position'] ?? 0);
    this.#update = database.prepare('UPDATE things_written SET position = ?');
  }

  get position(): Position {
    return this.#position;
  }

  /** Inside a transaction. When that fails, those behind move it further all the same: what was to be written still is. */
  reached(position: Position): void {
    if (position - this.#position >= this.step) this.moveTo(position);
  }

  moveTo(position: Position): void {
    this.#update.run(position);
    this.#position = position;
  }
}
