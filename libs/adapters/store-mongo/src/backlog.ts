import { StoreUnavailable } from '@gemel/application/ports';
import type { Logger } from '@gemel/application/ports';
import type { LogTail } from '@gemel/store-parts';

/** Of what is remembered of the log: some millions of events of a few things, 600,000 where each is of another one. */
const MOST_BYTES = 200_000_000;

/** Says when the states are so far behind the log that what has to be remembered of it takes too much memory. */
export class Backlog {
  #isFull = false;

  constructor(
    private readonly tail: Pick<LogTail, 'size' | 'bytes'>,
    private readonly log: Logger,
    private readonly mostBytes = MOST_BYTES,
  ) {}

  /** Why nothing more is to be written now; undefined when something is. */
  refusal(): Error | undefined {
    const { size: events, bytes } = this.tail;
    const isFull = bytes >= this.mostBytes;
    if (isFull && !this.#isFull) {
      this.log.error(
        { events },
        'the states are too far behind the log, so writes are refused: see that a replica of things runs, and what keeps MongoDB',
      );
    }
    if (!isFull && this.#isFull)
      this.log.info({ events }, 'the states have caught up with the log; writes are taken again');
    this.#isFull = isFull;
    return isFull ? new StoreUnavailable('its states are too far behind the log') : undefined;
  }
}
