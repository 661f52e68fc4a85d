/** Whether something that a process depends on can be used now. */
export interface PartState {
  /** For example `store`, `mongodb`, `kafka`, `influxdb`. */
  readonly name: string;
  readonly up: boolean;
  /** Why not, as part of a sentence; anybody may read it: no addresses, no secrets. */
  readonly reason?: string | undefined;
}
