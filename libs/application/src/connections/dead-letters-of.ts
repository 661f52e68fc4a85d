import type { ConnectionId, DeadLetterTarget } from '@gemel/model/connections';
import type { HeldLease } from '../leases/index.js';
import { DeadLetters } from '../pipelines/index.js';
import type { DeadLetterExchange } from '../pipelines/index.js';
import { LeaseLost } from '../ports/index.js';
import type { Clock, Logger, OpenConnector } from '../ports/index.js';

export interface LetterParts {
  readonly connectionId: ConnectionId;
  readonly lease: HeldLease;
  readonly deadLetters: Pick<DeadLetterExchange, 'send'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Messages come in before the connector says that it is open: then they come again. */
  opened(): OpenConnector | undefined;
}

/** Where the messages of a source go that can never be applied: to the broker of its connection, or to that of another one. */
export function deadLettersOf(target: DeadLetterTarget, parts: LetterParts): DeadLetters {
  const { connectionId, lease, deadLetters, clock, log } = parts;
  const { connectionId: to = connectionId } = target;
  return new DeadLetters(target, {
    connectionId,
    clock,
    log,
    publish: async (letter) => {
      if (to !== connectionId) return deadLetters.send(to, connectionId, letter);
      const opened = parts.opened();
      if (opened === undefined) throw new LeaseLost(lease.name);
      await opened.publish(letter);
    },
  });
}
