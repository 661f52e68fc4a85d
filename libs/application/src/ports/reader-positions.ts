import { defineError } from '@gemel/model/errors';
import type { Position } from './event-log.js';

/** Where readers of the log are that have no other place to keep it. */
export interface ReaderPositions {
  /** 0 for a reader that never saved one. */
  readerPosition(reader: string): Promise<Position>;
  /**
   * @param token that of the lease under which the reader works
   * @throws LeaseLost a position was saved under a higher token: somebody else reads now
   */
  saveReaderPosition(reader: string, position: Position, token: number): Promise<void>;
}

export const LeaseLost = defineError('gemel:lease.lost', 409, (name: string) => ({
  message: `Another replica has taken over '${name}'.`,
  description: 'Nothing is lost: it goes on where this one stopped.',
}));
