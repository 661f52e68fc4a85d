/** Makes secrets unreadable for those who see only what is stored. */
export interface SecretLock {
  /** Another text each time. */
  lock(text: string): string;
  /** What was not locked is given back as it is. @throws SecretUnreadable it was locked with a key that is not known */
  unlock(text: string): string;
  /** Whether it would be locked otherwise now: with another key, or at all. */
  isStale(text: string): boolean;
}

/** What is stored was locked with another key. */
export class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable';
}
