import type { ThingId } from '@gemel/model/ids';
import type { Thing } from '@gemel/model/things';
import type { SignalContext } from '../signals/index.js';

/** What a commit makes of a thing; undefined where it is not there. */
export interface ThingTransition {
  readonly thingId: ThingId;
  readonly before: Thing | undefined;
  readonly after: Thing | undefined;
}

/** What things say of each other, where writers are held to it. */
export interface Structure {
  /**
   * Looks at what is about to be committed.
   * @throws StructureTouched when it may be broken, and the context is not of a turn
   * @throws GemelError when it would be
   */
  check(transitions: readonly ThingTransition[], context: SignalContext): Promise<void>;
  /** Runs a task in a turn in which nobody else changes the structure: what is checked there holds when it is committed. */
  inTurn<T>(context: SignalContext, task: (context: SignalContext) => Promise<T>): Promise<T>;
}

/** Decide again, in a turn. Never reaches a caller. */
export class StructureTouched extends Error {}
