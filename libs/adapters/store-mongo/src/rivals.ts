/** For so long others who were first are held to be about, in milliseconds. */
const ABOUT_MS = 60_000;

/** Whether writers elsewhere change the same entities: what is in memory of them is behind then, unless it follows what they do. */
export class Rivals {
  #metAt = -Infinity;

  /** @param now milliseconds of a clock that never goes back */
  constructor(private readonly now: () => number) {}

  /** Another writer was first. */
  met(): void {
    this.#metAt = this.now();
  }

  get areAbout(): boolean {
    return this.now() - this.#metAt < ABOUT_MS;
  }
}
