import { Turns } from '../signals/index.js';

const COMPOSITION = ['composition'];

/**
 * Runs changes of the composition one after the other, in the order they came: each plans on what the one before
 * has committed, so that two links together never make a cycle.
 */
export class OneAtATime {
  readonly #turns = new Turns();

  run<T>(change: () => Promise<T>): Promise<T> {
    return this.#turns.run(COMPOSITION, change);
  }
}
