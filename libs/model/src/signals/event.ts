import type { PolicyId, ThingId } from '../ids/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import type { Instant } from '../time/index.js';

/** What happened to one entity, in the terms of Ditto's event topics: an action at a path. */
interface EntityEvent {
  /** 1 for the first event of the id; a re-created entity goes on counting. */
  readonly revision: number;
  readonly timestamp: Instant;
  /** What was touched; empty for the whole entity. */
  readonly path: JsonPointer;
  /** Absent for `deleted`; for `merged` the patch, nulls kept. */
  readonly value?: JsonValue;
  /** Headers of the cause that travel on: `correlation-id`, `ditto-originator`, custom ones. */
  readonly headers: JsonObject;
}

export interface ThingEvent extends EntityEvent {
  readonly entity: 'thing';
  readonly id: ThingId;
  readonly action: 'created' | 'modified' | 'merged' | 'deleted';
  /** The metadata of what is at `path` from then on; absent when the command said nothing about it. */
  readonly metadata?: JsonObject;
}

export interface PolicyEvent extends EntityEvent {
  readonly entity: 'policy';
  readonly id: PolicyId;
  readonly action: 'created' | 'modified' | 'deleted';
}

export type GemelEvent = ThingEvent | PolicyEvent;
