import type { Database } from './database.js';

/** Rows written before pages are brought home: each may be on some pages of its own, which are 4 kB. */
const AFTER_ROWS = 2_000;
/** Pages in the write-ahead file for which a commit brings them home itself: beyond what is brought home beside commits, and without. */
const MOST_PAGES = { beside: 16_000, inCommits: 4_000 };

/**
 * Brings pages home from the write-ahead file of a database, where the driver can do so beside the commits: in a commit it keeps
 * everybody waiting until the disk has taken megabytes.
 */
export class Checkpoints {
  #rows = 0;
  #running: Promise<void> | undefined;

  constructor(private readonly database: Pick<Database, 'exec' | 'bringHome'>) {
    const most = database.bringHome === undefined ? MOST_PAGES.inCommits : MOST_PAGES.beside;
    database.exec(`PRAGMA wal_autocheckpoint = ${String(most)}`);
  }

  /** After each commit. */
  wrote(rows: number): void {
    this.#rows += rows;
    if (this.#rows < AFTER_ROWS || this.#running !== undefined || this.database.bringHome === undefined) return;
    this.#rows = 0;
    this.#running = this.database
      .bringHome()
      // A disk that is full or broken: commits find out, and tell.
      .catch(() => undefined)
      .finally(() => (this.#running = undefined));
  }

  /** Resolves when none is under way; before the database is closed. */
  async settled(): Promise<void> {
    await this.#running;
  }
}
