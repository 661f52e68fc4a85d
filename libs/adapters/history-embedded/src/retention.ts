import type { Database, Statement } from '@gemel/sqlite';

const MICROS_PER_DAY = 86_400_000_000;
const HOUR_MS = 3_600_000;
/** Series looked at per call: few enough that writes do not wait. */
const SERIES_PER_STEP = 500;

/** Removes old samples bit by bit, a whole round each hour. */
export class Retention {
  /** The last series looked at in this round; undefined between rounds. */
  #cursor: number | undefined;
  #nextRound = 0;
  readonly #lastOfStep: Statement;
  readonly #remove: Statement;

  constructor(
    database: Database,
    private readonly days: number,
  ) {
    this.#lastOfStep = database.prepare(
      'SELECT max(id) AS last, count(*) AS count FROM (SELECT id FROM series WHERE id > ? ORDER BY id LIMIT ?)',
    );
    this.#remove = database.prepare(
      'DELETE FROM points WHERE series IN (SELECT id FROM series WHERE id > ? AND id <= ?) AND time < ?',
    );
  }

  /** Does the next step, if one is due; `now` in milliseconds. */
  step(now: number): void {
    if (this.#cursor === undefined && now < this.#nextRound) return;
    const from = this.#cursor ?? 0;
    const step = this.#lastOfStep.get(from, SERIES_PER_STEP);
    const last = Number(step?.['last'] ?? from);
    this.#remove.run(from, last, now * 1000 - this.days * MICROS_PER_DAY);
    const more = Number(step?.['count'] ?? 0) === SERIES_PER_STEP;
    this.#cursor = more ? last : undefined;
    if (!more) this.#nextRound = now + HOUR_MS;
  }
}
