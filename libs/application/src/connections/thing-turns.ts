/** Lets an event of a thing go out when the one before it is taken, and not at all when that must come again. */
export class ThingTurns {
  /** Whether it was taken, or is given up. */
  readonly #last = new Map<string, Promise<boolean>>();

  /** @param publish answers false when the event must come again */
  run(thingId: string, publish: () => Promise<boolean>): Promise<boolean> {
    const before = this.#last.get(thingId);
    const turn = before === undefined ? publish() : before.then((isTaken) => isTaken && publish());
    this.#last.set(thingId, turn);
    return turn;
  }
}
