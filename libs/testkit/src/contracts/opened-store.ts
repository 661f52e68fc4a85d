import type { EventLog, PolicyDirectory, StateArchive, StateStore, ThingSearch } from '@gemel/application/ports';

/** A store for one test, empty: its log, and what is read from it. */
export interface OpenedStore {
  readonly log: EventLog;
  readonly states: StateStore;
  readonly search: ThingSearch;
  readonly archive: StateArchive;
  readonly directory: PolicyDirectory;
  /** The same data opened again, as after a restart. */
  reopen(): Promise<OpenedStore>;
  close(): Promise<void>;
}
