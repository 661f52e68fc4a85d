/** Whether something that a process depends on can be used now. */
export interface PartState {
  /** For example `store`, `mongodb`, `kafka`, `influxdb`. */
  readonly name: string;
  /** `DEGRADED`: it answers, but does not do all of its work, such as a store that takes no writes. */
  readonly status: 'UP' | 'DEGRADED' | 'DOWN';
  /** Why it is not up, as part of a sentence; anybody may read it: no addresses, no secrets. */
  readonly reason?: string | undefined;
}
