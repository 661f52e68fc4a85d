/**
 * Messages of one turn of the event loop: they become one commit. The more of them are under way meanwhile, the longer it takes to
 * tidy the memory around them, and the longer the other side has nothing to do; a commit of so many costs each little more.
 */
const MOST_IN_A_TURN = 250;

/** What a client may hand over before the commit of what it has handed over in this turn. */
export class Portion {
  #handed = 0;

  /** Whether what comes now should wait for the next turn. */
  get isFull(): boolean {
    return this.#handed >= MOST_IN_A_TURN;
  }

  add(): void {
    if (this.#handed++ === 0) setImmediate(() => (this.#handed = 0));
  }

  /** Resolves in the next turn, when what is decided by then is handed to the log. */
  async next(): Promise<void> {
    await decided();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Resolves when all is done that waits for nothing outside. */
export function decided(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}
