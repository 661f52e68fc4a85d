/** Whether something that a process depends on can be used now. */
export interface PartState {
  /** For example `store`, `mongodb`, `kafka`, `influxdb`. */
  readonly name: string;
  /** `DEGRADED`: it answers, but does not do all of its work, such as a store that takes no writes. */
  readonly status: 'UP' | 'DEGRADED' | 'DOWN';
  /** Why it is not up, as part of a sentence; anybody may read it: no addresses, no secrets. */
  readonly reason?: string | undefined;
}

/** The state of a server by whether it answers. */
export function serverState(name: string, isReachable: boolean): PartState {
  return isReachable ? { name, status: 'UP' } : { name, status: 'DOWN', reason: 'it does not answer' };
}
