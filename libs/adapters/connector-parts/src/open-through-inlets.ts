import { setImmediate as nextTurn } from 'node:timers/promises';

import type { ConnectorObserver, OpenConnector } from '@gemel/application/ports';

import { KeptConnection } from './kept-connection.js';
import type { KeptConnectionParts } from './kept-connection.js';
import { KeptConnector } from './kept-connector.js';
import type { KeptConnectorParts } from './kept-connector.js';
import type { Load } from './load.js';

/** For the good-bye itself, when everything else is done. In milliseconds. */
const LEAVING_MS = 1_000;

export interface InletConnectionParts<Inlet>
  extends Pick<KeptConnectionParts, 'faultOf' | 'failoverEnabled'>, Pick<KeptConnectorParts, 'outlet'> {
  /** @param onSuccess to be called whenever something came in and was handled */
  readonly inletsOf: (onSuccess: () => void) => readonly Inlet[];
  /** A new session that feeds them; rejects when it does not come to stand, or when the signal aborts. */
  readonly connect: (inlets: readonly Inlet[], signal: AbortSignal) => ReturnType<KeptConnectionParts['connect']>;
  /** What the inlets have taken and not handled. */
  readonly load: Load;
  readonly options: Pick<KeptConnectionParts, 'firstPauseMs' | 'longestPauseMs'>;
  readonly observer: ConnectorObserver;
}

/** A connection whose sources take through inlets of their own; it begins to connect. */
export function openThroughInlets<Inlet extends { closing(): void }>(
  parts: InletConnectionParts<Inlet>,
): OpenConnector {
  const { load, outlet, faultOf, failoverEnabled } = parts;
  const { firstPauseMs, longestPauseMs } = parts.options;
  const inlets = parts.inletsOf(() => kept.succeeded());
  const kept = new KeptConnection({
    connect: (signal) => parts.connect(inlets, signal),
    faultOf,
    firstPauseMs,
    longestPauseMs,
    failoverEnabled,
    onStatus: parts.observer,
  });
  const drain = async (): Promise<void> => {
    for (const inlet of inlets) inlet.closing();
    await load.drained();
    // The last confirmations leave in this turn.
    await nextTurn();
  };
  kept.start();
  return new KeptConnector({ kept, outlet, drain, leavingMs: LEAVING_MS });
}
