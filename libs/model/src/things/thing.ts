import type { PolicyId, ThingId } from '../ids/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import type { Instant } from '../time/index.js';

/** A thing's content as Ditto's JSON has it; members that a PUT set to null are null. */
export interface Thing {
  readonly [key: string]: JsonValue;
  readonly thingId: ThingId;
  readonly policyId: PolicyId;
  readonly definition?: string | null;
  readonly attributes?: JsonObject | null;
  readonly features?: Features | null;
}

export interface Features {
  readonly [featureId: string]: Feature | null;
}

export interface Feature {
  readonly [key: string]: JsonValue;
  readonly definition?: readonly string[] | null;
  readonly properties?: JsonObject | null;
  readonly desiredProperties?: JsonObject | null;
}

/** A thing at a revision, as committed. */
export interface ThingState {
  readonly thing: Thing;
  /** The revision of the last event. */
  readonly revision: number;
  readonly created: Instant;
  readonly modified: Instant;
  /** A deleted thing keeps its id and revision so that a later creation continues counting. */
  readonly deleted: boolean;
  /** What is said about parts of the thing, in the form of the thing (Ditto, "Metadata"); absent when nothing is. */
  readonly metadata?: JsonObject;
}

/** Types what the store or the decider already checked; nothing is verified again. */
export function parseStoredThing(value: JsonValue): Thing {
  return value as Thing;
}
