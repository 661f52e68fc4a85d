import type { ThingId } from '../ids/index.js';
import type { SubjectId } from '../policies/index.js';
import type { Instant } from '../time/index.js';

/** Somebody, mostly a device, who signs in to the embedded broker by a name and a password of its own. */
export interface MqttUser {
  readonly name: string;
  /** The device's thing, for the placeholders of the patterns. */
  readonly thingId: ThingId | undefined;
  /** On whose authority its messages are carried out, the originator first. */
  readonly subjects: readonly [SubjectId, ...SubjectId[]];
  /** Patterns of the topics that it may publish on. */
  readonly publish: readonly string[];
  /** Patterns of the topics that it may receive. */
  readonly subscribe: readonly string[];
  /** When its password was made for its thing, as a credential; undefined for a user that operators have made. */
  readonly issued: Instant | undefined;
}

/** What was asked for, with the password when one was given. */
export interface MqttUserRequest {
  readonly user: MqttUser;
  readonly password: string | undefined;
}
