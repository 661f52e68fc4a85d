/** How long what other replicas commit may go unnoticed by those who follow the log: while they do, and when they do not. */
const SHORTEST_MS = 40;
const LONGEST_MS = 120;
const GROWTH = 1.25;

export interface PulseParts {
  /** Asks those who follow the log to look. */
  readonly beat: () => void;
  /** Commits of other replicas that were read so far. */
  readonly foreign: () => number;
}

/** Beats for those who follow the log: often while other replicas commit, less often while they do not. */
export class Pulse {
  #timer: NodeJS.Timeout | undefined;
  #ms = SHORTEST_MS;
  #seen = 0;

  constructor(private readonly parts: PulseParts) {}

  start(): void {
    this.#timer = setTimeout(() => {
      this.#beat();
    }, this.#ms);
    this.#timer.unref();
  }

  #beat(): void {
    const foreign = this.parts.foreign();
    this.#ms = foreign > this.#seen ? SHORTEST_MS : Math.min(this.#ms * GROWTH, LONGEST_MS);
    this.#seen = foreign;
    this.parts.beat();
    this.start();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
