import type { Logger } from '@gemel/application/ports';
import type { Collections } from './collections.js';

/** What those who write the log share. */
export interface LogParts {
  readonly collections: Collections;
  readonly log: Logger;
  /** Unique for each process. */
  readonly writer: string;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}
