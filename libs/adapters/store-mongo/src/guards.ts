import type { Guard, Logger } from '@gemel/application/ports';
import { guardKey, guardVersionKey } from '@gemel/store-parts';
import type { Collections } from './collections.js';
import type { Questions } from './questions.js';

export interface GuardsParts {
  readonly collections: Pick<Collections, 'commits' | 'counters'>;
  readonly questions: Questions;
  readonly log: Logger;
}

/**
 * Versions of guards. A commit under a guard holds the version that it makes among its unique keys, so that the log lets
 * one of several win; the version is kept apart, and raised after the commit. Nobody waits for that: who plans on an
 * earlier version meanwhile is refused by the log.
 */
export class Guards {
  /** What this process has committed, by name: the version to which it led. */
  readonly #committed = new Map<string, number>();
  /** By name, while the version is being raised. */
  readonly #raising = new Map<string, Promise<void>>();

  constructor(private readonly parts: GuardsParts) {}

  async version(name: string): Promise<number> {
    const counter = await this.parts.questions.asking(() =>
      this.parts.collections.counters.findOne({ _id: guardKey(name) }),
    );
    return Math.max(counter?.value ?? 0, this.#committed.get(name) ?? 0);
  }

  /** A commit of this process under the guard is in the log. */
  committed({ name, version }: Guard): void {
    this.#committed.set(name, Math.max(this.#committed.get(name) ?? 0, version + 1));
    if (!this.#raising.has(name)) this.#raising.set(name, this.#raiseToLast(name));
  }

  /** Resolves when no version is being raised. */
  async settled(): Promise<void> {
    await Promise.all(this.#raising.values());
  }

  /** What is committed meanwhile shares the next question. */
  async #raiseToLast(name: string): Promise<void> {
    try {
      for (let raised = 0; raised < (this.#committed.get(name) ?? 0);) {
        raised = this.#committed.get(name) ?? 0;
        await this.#raise({ name, version: raised - 1 });
      }
    } catch (error) {
      this.parts.log.debug({ error, guard: name }, 'could not raise the version of a guard; the next conflict does');
    } finally {
      this.#raising.delete(name);
    }
  }

  async #raise({ name, version }: Guard): Promise<void> {
    const value = version + 1;
    await this.parts.questions.asking(() =>
      this.parts.collections.counters.updateOne({ _id: guardKey(name) }, { $max: { value } }, { upsert: true }),
    );
  }

  /** Goes after a conflict: whether the guard was the reason. Then the version is raised if its writer died before. */
  async isTaken({ name, version }: Guard): Promise<boolean> {
    for (let next = version; ; next += 1) {
      const keys = guardVersionKey(name, next + 1);
      const commit = await this.parts.questions.asking(() => this.parts.collections.commits.findOne({ keys }));
      if (commit === null) return next > version;
      await this.#raise({ name, version: next });
    }
  }
}
