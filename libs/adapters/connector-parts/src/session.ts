import type { LinkFault } from './link-fault.js';

/** One network connection, from its beginning to its end. */
export interface Session {
  /** Resolves with why it has ended, also after a close. */
  readonly ended: Promise<LinkFault>;
  /** Says good-bye to the other side, but waits no longer than that for it. Idempotent. */
  close(deadlineMs: number): Promise<void>;
}
