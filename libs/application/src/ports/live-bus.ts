import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import type { Subscription } from './event-feed.js';

/** A signal of the live channel, an answer to one, an acknowledgement of a change or an announcement, on its way between processes. */
export interface LiveFrame {
  /** What it is about. */
  readonly entityId: ThingId | PolicyId;
  /** The Ditto Protocol message as JSON. */
  readonly envelope: JsonObject;
  /** Connection or session that has sent it: it is not shown to it again. */
  readonly origin?: string | undefined;
}

/** Carries what is not stored: devices and back ends that talk to each other. */
export interface LiveBus {
  /**
   * Hands the frame to the listeners of this process before it returns, and to those of all others soon after. At most
   * once: what cannot be handed over is lost and counted. Frames of one entity from one process keep their order. Never
   * throws.
   */
  publish(frame: LiveFrame): void;
  /** Everything from now on, whichever process has sent it; listeners must not throw nor block. */
  listen(listener: (frame: LiveFrame) => void): Subscription;
}
