/** Makes passwords unreadable for good. What it makes names how it was made, so that newer ways do not lock anybody out. */
export interface PasswordHasher {
  /** Another text each time; takes tens of milliseconds on purpose. */
  hash(password: string): Promise<string>;
  /** False as well for a hash that it cannot read. */
  verify(password: string, hash: string): Promise<boolean>;
  /** A short-lived mark of a password, to know it again soon without the cost. */
  mark(password: string): string;
}
