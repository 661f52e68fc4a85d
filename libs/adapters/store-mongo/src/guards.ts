import type { Guard } from '@gemel/application/ports';
import type { Collections, CommitDocument } from './collections.js';
import type { Questions } from './questions.js';
import { guardKey, guardVersionKey } from './state-codec.js';

export interface GuardsParts {
  readonly collections: Pick<Collections, 'commits' | 'counters'>;
  readonly questions: Questions;
  /** Brings the states of a commit's entities up to the log. */
  readonly repair: (commit: CommitDocument) => Promise<void>;
}

/**
 * Versions of guards. A commit under a guard holds the version that it makes among its unique keys, so that the log lets
 * one of several win; beside the states stands the version up to which these are written.
 */
export class Guards {
  constructor(private readonly parts: GuardsParts) {}

  async version(name: string): Promise<number> {
    const counter = await this.parts.questions.asking(() =>
      this.parts.collections.counters.findOne({ _id: guardKey(name) }),
    );
    return counter?.value ?? 0;
  }

  /** The states of a commit under the guard are written. */
  async raise({ name, version }: Guard): Promise<void> {
    const value = version + 1;
    await this.parts.questions.asking(() =>
      this.parts.collections.counters.updateOne({ _id: guardKey(name) }, { $max: { value } }, { upsert: true }),
    );
  }

  /** Goes after a conflict: whether the guard was the reason. Then what its commits left behind is repaired. */
  async isTaken({ name, version }: Guard): Promise<boolean> {
    for (let next = version; ; next += 1) {
      const keys = guardVersionKey(name, next + 1);
      const commit = await this.parts.questions.asking(() => this.parts.collections.commits.findOne({ keys }));
      if (commit === null) return next > version;
      await this.parts.repair(commit);
      await this.raise({ name, version: next });
    }
  }
}
