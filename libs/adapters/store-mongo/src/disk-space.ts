import type { Logger } from '@gemel/application/ports';

/** A full disk has room for the small ones of what is to be written, now and then. */
const QUIET_MS = 10_000;

/** Tells who must act that MongoDB has no room for commits, and that it has again, each once. */
export class DiskSpace {
  #lackedAt: number | undefined;

  constructor(private readonly parts: { readonly log: Logger; readonly now: () => number }) {}

  /** The last commit that should be written had no room, and for a while before that it was not better. */
  get isLacking(): boolean {
    return this.#lackedAt !== undefined;
  }

  /** A commit was refused for want of it. */
  lacked(error: unknown): void {
    if (this.#lackedAt === undefined) {
      const text = 'the disk of MongoDB is full, so writes are refused until somebody makes room on it';
      this.parts.log.error({ error }, text);
    }
    this.#lackedAt = this.parts.now();
  }

  /** A commit was written. */
  sufficed(): void {
    if (this.#lackedAt === undefined || this.parts.now() - this.#lackedAt < QUIET_MS) return;
    this.#lackedAt = undefined;
    this.parts.log.warn({}, 'MongoDB has room again; writes are taken');
  }
}
