import type { Table } from './table.js';

/** Tables to tables. */
export interface Transform {
  (tables: readonly Table[]): readonly Table[];
  /** Set when a store can do the work on the samples, which saves reading them. */
  readonly inStore?: StoreWindows;
}

export interface StoreWindows {
  /** Microseconds. */
  readonly every: number;
  readonly aggregate: string;
  /** What is left to do with one sample per window, at the window's start or the range's. */
  readonly rest: (tables: readonly Table[]) => readonly Table[];
}
