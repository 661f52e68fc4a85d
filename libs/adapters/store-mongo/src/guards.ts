import type { Guard } from '@gemel/application/ports';
import type { Collections } from './collections.js';
import type { Questions } from './questions.js';
import { guardKey, guardVersionKey } from './state-codec.js';

export interface GuardsParts {
  readonly collections: Pick<Collections, 'commits' | 'counters'>;
  readonly questions: Questions;
}

/**
 * Versions of guards. A commit under a guard holds the version that it makes among its unique keys, so that the log lets
 * one of several win; the version is kept apart, and raised after the commit.
 */
export class Guards {
  constructor(private readonly parts: GuardsParts) {}

  async version(name: string): Promise<number> {
    const counter = await this.parts.questions.asking(() =>
      this.parts.collections.counters.findOne({ _id: guardKey(name) }),
    );
    return counter?.value ?? 0;
  }

  /** A commit under the guard is in the log. */
  async raise({ name, version }: Guard): Promise<void> {
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
      await this.raise({ name, version: next });
    }
  }
}
