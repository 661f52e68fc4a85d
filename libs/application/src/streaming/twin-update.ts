import type { ThingId } from '@gemel/model/ids';

/** One change as its subscriber sees it. */
export interface TwinUpdate {
  readonly thingId: ThingId;
  readonly revision: number;
  /** A sparse thing, or what the subscription's pointer addresses in it, as JSON text. */
  readonly json: string;
}
