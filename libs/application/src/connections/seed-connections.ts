import { parseConnectionId, printConnection } from '@gemel/model/connections';
import { jsonEquals } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import { RevisionConflict } from '../ports/index.js';
import type { Logger, Timers } from '../ports/index.js';
import { textIn } from './connection-view.js';
import type { ConnectionRegistry } from './connection-registry.js';

const RETRY_MS = 2_000;

export interface SeedParts {
  readonly registry: Pick<ConnectionRegistry, 'find' | 'put'>;
  readonly timers: Timers;
  readonly log: Logger;
  readonly stopped: AbortSignal;
}

/**
 * Stores connections that are described elsewhere, unless they are stored like that already. Whether one should be open is
 * decided where it is stored, once it is. Resolves when it is done, which takes as long as the store is away.
 * @param definitions that have been parsed without faults
 */
export async function seedConnections(definitions: readonly JsonObject[], parts: SeedParts): Promise<void> {
  const { timers, log, stopped } = parts;
  let left = definitions;
  while (left.length > 0 && !stopped.aborted) {
    const [first, ...others] = left;
    try {
      if (first !== undefined) await seed(first, parts);
      left = others;
    } catch (error) {
      log.warn({ error }, 'could not store the connections that are described for this process; tries again');
      await timers.sleep(RETRY_MS, stopped);
    }
  }
}

async function seed(definition: JsonObject, { registry, log }: SeedParts): Promise<void> {
  const id = parseConnectionId(textIn(definition, 'id') ?? '');
  const present = await registry.find(id);
  const status = present?.definition['connectionStatus'] ?? definition['connectionStatus'] ?? 'open';
  const wanted = printConnection({ ...definition, connectionStatus: status });
  if (present?.isReadable === true && jsonEquals(wanted, printConnection(present.definition))) return;
  try {
    await registry.put(id, wanted, present);
    log.info({ connectionId: id }, 'stored a connection that is described for this process');
  } catch (error) {
    // Another replica has the same description.
    if (!(error instanceof RevisionConflict)) throw error;
  }
}
