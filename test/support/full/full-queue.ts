import type { JsonObject } from '@gemel/model/json';

/** What a target leads to that takes some messages and then no more, until somebody makes room. */
export interface FullQueue {
  /** `connectionType`, `uri` and what else says how to connect. */
  readonly connection: JsonObject;
  /** Of the target. */
  readonly address: string;
  /** What the status of the target says meanwhile. */
  readonly complaint: RegExp;
  /** Takes out what is in it, and what comes from now on. */
  makeRoom(): Promise<void>;
  /** What was taken out, in its order; grows. */
  readonly taken: readonly string[];
  close(): Promise<void>;
}

/** @param name of what is made on the broker */
export type OpenFullQueue = (name: string) => Promise<FullQueue>;
