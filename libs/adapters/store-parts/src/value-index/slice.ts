import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long the event loop is kept. */
const SLICE_MS = 3;

/** A share of the event loop's time. */
export class Slice {
  #steps = 0;
  #endsAt: number;

  /**
   * @param lookEvery steps between two looks at the clock
   * @param now milliseconds since some moment
   */
  constructor(
    private readonly lookEvery: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#endsAt = now() + SLICE_MS;
  }

  get isOver(): boolean {
    this.#steps += 1;
    return this.#steps % this.lookEvery === 0 && this.now() >= this.#endsAt;
  }

  /** Lets others run. */
  async next(): Promise<void> {
    await nextTurn();
    this.#endsAt = this.now() + SLICE_MS;
  }
}
