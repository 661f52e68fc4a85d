import { join } from 'node:path';
import { openDatabase } from '@gemel/sqlite';
import { EmbeddedHistory } from './embedded-history.js';
import type { EmbeddedHistoryOptions } from './embedded-history.js';

export type { EmbeddedHistory, EmbeddedHistoryOptions } from './embedded-history.js';

/**
 * Opens the time series in `history.db` of a folder that exists and that nobody else uses; the file is made when missing.
 * @throws Error when the file was written by a newer version or cannot be opened
 */
export async function openEmbeddedHistory(
  options: EmbeddedHistoryOptions & { readonly folder: string },
): Promise<EmbeddedHistory> {
  // Not `full`: a power cut may take the last transactions, but position and points go back together, and the event log,
  // which is durable, gives those events again.
  const database = await openDatabase(join(options.folder, 'history.db'), { durability: 'normal' });
  try {
    return new EmbeddedHistory(database, options);
  } catch (error) {
    database.close();
    throw error;
  }
}
