import type { Position } from '@gemel/application/ports';
import type { ThingState } from '@gemel/model/things';

export interface UnwrittenLimits {
  /** Of the log, after which a state is written: so many are read at the most when the process starts after a crash. */
  readonly events: number;
  /** Of the states, estimated. */
  readonly bytes: number;
}

/** What a row lacks. */
export interface Unwritten {
  readonly state: ThingState;
  /** Of the state, estimated. */
  readonly bytes: number;
  /** Of the events that led to it, in order; one at least. */
  readonly positions: readonly Position[];
}

/** States that are in the log and not yet in their rows, those first whose rows have been behind for longest. */
export class UnwrittenStates {
  readonly #entries = new Map<string, Unwritten & { readonly positions: Position[] }>();
  #bytes = 0;

  constructor(private readonly limits: UnwrittenLimits) {}

  get(id: string): Unwritten | undefined {
    return this.#entries.get(id);
  }

  /** @param position of the event that led to it @param bytes estimated */
  keep(state: ThingState, position: Position, bytes: number): void {
    const id = state.thing.thingId;
    const known = this.#entries.get(id);
    this.#bytes += bytes - (known?.bytes ?? 0);
    const positions = known?.positions ?? [];
    positions.push(position);
    this.#entries.set(id, { state, bytes, positions });
  }

  drop(id: string): void {
    this.#bytes -= this.#entries.get(id)?.bytes ?? 0;
    this.#entries.delete(id);
  }

  all(): readonly Unwritten[] {
    return [...this.#entries.values()];
  }

  /** Those that are to be written when the log ends there. */
  due(end: Position): readonly Unwritten[] {
    const due: Unwritten[] = [];
    let left = this.#bytes;
    for (const entry of this.#entries.values()) {
      if (sinceOf(entry) > end - this.limits.events && left <= this.limits.bytes) break;
      due.push(entry);
      left -= entry.bytes;
    }
    return due;
  }

  /** Up to where no row is behind a log that ends there, once those that are due for longest are written. */
  writtenUpTo(end: Position, written = 0): Position {
    let index = 0;
    for (const entry of this.#entries.values()) if (index++ >= written) return sinceOf(entry) - 1;
    return end;
  }
}

function sinceOf({ positions }: Unwritten): Position {
  return positions[0] ?? Infinity;
}
