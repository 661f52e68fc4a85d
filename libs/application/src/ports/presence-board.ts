import type { JsonObject } from '@gemel/model/json';
import type { Instant } from '@gemel/model/time';

/** That a process was there at a time, and what it said of itself. */
export interface PresenceRecord {
  /** Unique among the processes. */
  readonly instance: string;
  /** By the clock of the process itself. */
  readonly at: Instant;
  readonly says: JsonObject;
}

/** Where processes leave a note for each other. For operators only: nothing may depend on who is on it. */
export interface PresenceBoard {
  /** Takes the place of what the same instance has left before. @throws StoreUnavailable */
  leave(record: PresenceRecord): Promise<void>;
  /** All notes, in no order. @throws StoreUnavailable */
  notes(): Promise<readonly PresenceRecord[]>;
  /** Takes notes away that are there. @throws StoreUnavailable */
  remove(instances: readonly string[]): Promise<void>;
}
