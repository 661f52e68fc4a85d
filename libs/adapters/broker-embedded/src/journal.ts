import type { SubjectId } from '@gemel/model/policies';

/** A message as it is kept. */
export interface KeptMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
}

/** A message that waits for its session's client. Numbers count up over all sessions, and over restarts. */
export interface KeptDelivery {
  readonly clientId: string;
  readonly number: number;
  readonly message: KeptMessage;
  /** Under which it was sent: QoS 2 only, whose second half must have the same. */
  readonly messageId: number | undefined;
  /** Whether the client has it and the second half of QoS 2 is left. */
  readonly isReleased: boolean;
}

/** What a client wants said when it is gone, and on whose authority. */
export interface KeptWill {
  readonly clientId: string;
  readonly username: string;
  readonly subjects: readonly SubjectId[];
  readonly message: KeptMessage;
}

export interface KeptSubscription {
  readonly clientId: string;
  readonly filter: string;
  readonly qos: 0 | 1 | 2;
}

/** Everything that outlived the last process, the oldest first. */
export interface Kept {
  readonly sessions: readonly { readonly clientId: string; readonly owner: string }[];
  readonly subscriptions: readonly KeptSubscription[];
  readonly deliveries: readonly KeptDelivery[];
  /** QoS 2 messages taken and not yet released by their sender. */
  readonly incoming: readonly { readonly clientId: string; readonly messageId: number }[];
  readonly retained: readonly KeptMessage[];
  readonly wills: readonly KeptWill[];
}

export type Change =
  | { readonly kind: 'session'; readonly clientId: string; readonly owner: string }
  | { readonly kind: 'session-ended'; readonly clientId: string }
  | ({ readonly kind: 'subscribed' } & KeptSubscription)
  | { readonly kind: 'unsubscribed'; readonly clientId: string; readonly filter: string }
  | ({ readonly kind: 'queued' } & Pick<KeptDelivery, 'clientId' | 'number' | 'message'>)
  | ({ readonly kind: 'sent' } & Pick<KeptDelivery, 'clientId' | 'number' | 'messageId' | 'isReleased'>)
  | { readonly kind: 'delivered'; readonly clientId: string; readonly number: number }
  | { readonly kind: 'incoming'; readonly clientId: string; readonly messageId: number }
  | { readonly kind: 'incoming-ended'; readonly clientId: string; readonly messageId: number }
  | { readonly kind: 'retained'; readonly message: KeptMessage }
  | { readonly kind: 'retained-ended'; readonly topic: string }
  | ({ readonly kind: 'will' } & KeptWill)
  | { readonly kind: 'will-ended'; readonly clientId: string };

/** What of the broker's memory outlives the process. Changes are written in the order in which they were noted. */
export interface Journal {
  /** What the last process left; once, before anything is noted. */
  load(): Kept;
  /** It is written within a tenth of a second, or with the next `written`. */
  note(change: Change): void;
  /** Resolves when all that was noted is on disk. @throws StorageFault it could not be written; it is tried again with the next */
  written(): Promise<void>;
  /** Whether the last attempt to write has failed. */
  readonly isFailing: boolean;
  /** Writes what is left. What is noted later is lost. */
  close(): void;
}

const NOTHING: Kept = { sessions: [], subscriptions: [], deliveries: [], incoming: [], retained: [], wills: [] };

/** Keeps nothing: sessions end with the process. */
export const NO_JOURNAL: Journal = {
  load: () => NOTHING,
  note: () => undefined,
  written: () => Promise.resolve(),
  isFailing: false,
  close: () => undefined,
};
