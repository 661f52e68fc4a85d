import type { ConnectionId, DeadLetterTarget } from '@gemel/model/connections';
import type { GemelError } from '@gemel/model/errors';
import { resolveTemplate } from '@gemel/model/placeholders';
import { MessageRefused } from '../ports/index.js';
import type { Clock, InboundMessage, Logger, OutboundMessage, OutboundPublisher } from '../ports/index.js';

/** Headers that say how a transport sends, not what: those of the first way do not count for the second. */
const OF_TRANSPORT = /^(?:mqtt|kafka|amqp|http)\./;
/** Longest reason, in UTF-16 code units. */
const MAX_REASON = 1_000;

export interface DeadLetterParts {
  readonly publisher: Pick<OutboundPublisher, 'publish'>;
  readonly connectionId: ConnectionId;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Publishes what can never be applied: the message as it came, with the headers `dead-letter-address`, `dead-letter-code`
 * and `dead-letter-reason`.
 */
export class DeadLetters {
  constructor(
    private readonly target: DeadLetterTarget,
    private readonly parts: DeadLetterParts,
  ) {}

  /**
   * True when the transport has taken it over, false when it never will: then it is logged.
   * @throws Error it may take it over later: the message must not be confirmed
   */
  async take(message: InboundMessage, reason: GemelError): Promise<boolean> {
    const letter = this.#letter(message, reason);
    try {
      if (letter === undefined) throw new MessageRefused(this.target.address.text, 'it does not resolve');
      await this.parts.publisher.publish(letter);
      return true;
    } catch (error) {
      if (!(error instanceof MessageRefused)) throw error;
      this.parts.log.error({ address: message.address, reason: error.message }, 'lost a dead letter');
      return false;
    }
  }

  #letter({ address, payload, headers, subjects }: InboundMessage, reason: GemelError): OutboundMessage | undefined {
    const { connectionId, clock } = this.parts;
    const context = { headers, sourceAddress: address, connectionId, subjectId: subjects[0], now: clock.now() };
    const resolution = resolveTemplate(this.target.address, context);
    const to = resolution.kind === 'resolved' ? resolution.values[0] : undefined;
    if (to === undefined) return undefined;
    const own = Object.entries(headers).filter(([name]) => !OF_TRANSPORT.test(name));
    return {
      address: to,
      payload,
      qos: 1,
      headers: {
        ...Object.fromEntries(own),
        'dead-letter-address': address,
        'dead-letter-code': reason.code,
        'dead-letter-reason': reason.message.slice(0, MAX_REASON),
      },
    };
  }
}
