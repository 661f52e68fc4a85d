import type { Position } from '@gemel/application/ports';
import type { ThingState } from '@gemel/model/things';

export interface UnwrittenLimits {
  /** Of the log, after which a state is written: so many are read at the most when the process starts after a crash. */
  readonly events: number;
  /** Of the states, estimated. */
  readonly bytes: number;
}

interface Unwritten {
  state: ThingState;
  bytes: number;
  /** Of the first event that its row lacks. */
  readonly since: Position;
}

/** States that are in the log and not yet in their rows, those first whose rows have been behind for longest. */
export class UnwrittenStates {
  readonly #entries = new Map<string, Unwritten>();
  #bytes = 0;

  constructor(private readonly limits: UnwrittenLimits) {}

  get(id: string): Pick<Unwritten, 'state' | 'bytes'> | undefined {
    return this.#entries.get(id);
  }

  /** @param position of the event that led to it @param bytes estimated */
  keep(state: ThingState, position: Position, bytes: number): void {
    const id = state.thing.thingId;
    const known = this.#entries.get(id);
    this.#bytes += bytes - (known?.bytes ?? 0);
    if (known === undefined) this.#entries.set(id, { state, bytes, since: position });
    else {
      known.state = state;
      known.bytes = bytes;
    }
  }

  drop(id: string): void {
    this.#bytes -= this.#entries.get(id)?.bytes ?? 0;
    this.#entries.delete(id);
  }

  all(): readonly ThingState[] {
    return [...this.#entries.values()].map(({ state }) => state);
  }

  /** Those that are to be written when the log ends there. */
  due(end: Position): readonly ThingState[] {
    const due: ThingState[] = [];
    let left = this.#bytes;
    for (const { state, bytes, since } of this.#entries.values()) {
      if (since > end - this.limits.events && left <= this.limits.bytes) break;
      due.push(state);
      left -= bytes;
    }
    return due;
  }

  /** Up to where no row is behind a log that ends there, once those that are due for longest are written. */
  writtenUpTo(end: Position, written = 0): Position {
    let index = 0;
    for (const { since } of this.#entries.values()) if (index++ >= written) return since - 1;
    return end;
  }
}
