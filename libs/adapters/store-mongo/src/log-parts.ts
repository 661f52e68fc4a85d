import type { Logger } from '@gemel/application/ports';
import type { Collections } from './collections.js';
import type { Questions } from './questions.js';

/** What those who write the log share. */
export interface LogParts {
  readonly collections: Collections;
  readonly questions: Questions;
  readonly log: Logger;
  /** Unique for each process. */
  readonly writer: string;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}
