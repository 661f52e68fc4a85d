import { join } from 'node:path';
import { openDatabase } from '@gemel/sqlite';
import { EmbeddedConnections } from './embedded-connections.js';

/**
 * The store of connections in `connections.db` of an existing folder, apart from the twins: positions are written often.
 * @throws DatabaseUnusable
 */
export async function openEmbeddedConnections(folder: string): Promise<EmbeddedConnections> {
  const database = await openDatabase(join(folder, 'connections.db'), { durability: 'normal' });
  try {
    return new EmbeddedConnections(database);
  } catch (error) {
    database.close();
    throw error;
  }
}
