import { setTimeout as delay } from 'node:timers/promises';

import type { ConnectorStatus, OpenConnector, OutboundMessage, PublishOutcome } from '@gemel/application/ports';

import type { KeptConnection } from './kept-connection.js';

export interface KeptConnectorParts {
  readonly kept: KeptConnection;
  readonly outlet: Pick<OpenConnector, 'publish'>;
  /** Takes nothing new any more; resolves when what is under way is handled and confirmed. */
  readonly drain: () => Promise<void>;
  /** For the good-bye itself, when everything else is done, in milliseconds. */
  readonly leavingMs: number;
}

/** An open connection that is kept up, and drained before it is closed. */
export class KeptConnector implements OpenConnector {
  #closing: Promise<void> | undefined;

  constructor(private readonly parts: KeptConnectorParts) {}

  status(): ConnectorStatus {
    return this.parts.kept.status();
  }

  publish(message: OutboundMessage): Promise<PublishOutcome> {
    return this.parts.outlet.publish(message);
  }

  hasReceivers(): boolean {
    return true;
  }

  close(deadlineMs: number): Promise<void> {
    return (this.#closing ??= this.#close(deadlineMs));
  }

  async #close(deadlineMs: number): Promise<void> {
    const { kept, drain, leavingMs } = this.parts;
    const drained = new AbortController();
    const late = delay(deadlineMs, undefined, { signal: drained.signal }).catch(() => undefined);
    await Promise.race([drain(), late]);
    drained.abort();
    await kept.close(deadlineMs === 0 ? 0 : leavingMs);
  }
}
