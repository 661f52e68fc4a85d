import type { ThingId } from '../ids/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import type { FieldSelector } from '../json/index.js';

/** What a caller asks of one thing; `path` is empty for the whole thing. Values are unchecked until `prepare`. */
export type ThingCommand = CreateThing | ModifyThing | MergeThing | DeleteThing | RetrieveThing;
export type ModifyingThingCommand = Exclude<ThingCommand, RetrieveThing>;

/** Refused when the thing exists. `value` may hold `_policy` or `_copyPolicyFrom`. */
export interface CreateThing {
  readonly kind: 'create';
  readonly thingId: ThingId;
  readonly value: JsonObject;
}

/** Replaces what is at the path, or creates it. */
export interface ModifyThing {
  readonly kind: 'modify';
  readonly thingId: ThingId;
  readonly path: JsonPointer;
  readonly value: JsonValue;
}

/** Applies a merge patch (RFC 7396) at the path; at the root it creates an absent thing. */
export interface MergeThing {
  readonly kind: 'merge';
  readonly thingId: ThingId;
  readonly path: JsonPointer;
  readonly value: JsonValue;
}

export interface DeleteThing {
  readonly kind: 'delete';
  readonly thingId: ThingId;
  readonly path: JsonPointer;
}

export interface RetrieveThing {
  readonly kind: 'retrieve';
  readonly thingId: ThingId;
  readonly path: JsonPointer;
  readonly fields?: FieldSelector | undefined;
}
