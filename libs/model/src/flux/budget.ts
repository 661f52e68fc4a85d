import { FluxInvalid } from './flux-invalid.js';

/** Bounds the work of one query; a unit is roughly one cell touched or one expression evaluated. */
export class Budget {
  #left: number;

  constructor(units: number) {
    this.#left = units;
  }

  /** @throws FluxInvalid when the query has used up its share */
  spend(units: number): void {
    this.#left -= units;
    if (this.#left < 0) {
      throw new FluxInvalid(
        'The query takes too much work',
        undefined,
        'Ask for a shorter range, fewer things or wider windows.',
      );
    }
  }
}
