import type { ConnectionId, DeadLetterTarget } from '@gemel/model/connections';
import type { GemelError } from '@gemel/model/errors';
import { resolveTemplate } from '@gemel/model/placeholders';
import { MessageRefused } from '../ports/index.js';
import type { Clock, InboundMessage, Logger, OutboundMessage } from '../ports/index.js';

/** Headers that say how a transport sends, not what: those of the first way do not count for the second. */
const OF_TRANSPORT = /^(?:mqtt|kafka|amqp|http)\./;
/** Longest reason, in UTF-16 code units. */
const MAX_REASON = 1_000;

export interface DeadLetterParts {
  /** Resolves when the transport has it. @throws MessageRefused it never will @throws Error it may later */
  readonly publish: (letter: OutboundMessage) => Promise<void>;
  readonly connectionId: ConnectionId;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Publishes what can never be applied: the message as it came, with the headers `dead-letter-address`, `dead-letter-code`
 * and `dead-letter-reason`.
 */
export class DeadLetters {
  #hasWarned = false;

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
      await this.parts.publish(letter);
      return true;
    } catch (error) {
      if (!(error instanceof MessageRefused)) {
        this.#warnOnce(error);
        throw error;
      }
      this.parts.log.error({ address: message.address, reason: error.message }, 'lost a dead letter');
      return false;
    }
  }

  #warnOnce(error: unknown): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const reason = error instanceof Error ? error.message : String(error);
    this.parts.log.warn(
      { reason },
      'a dead letter cannot be put aside now: its message comes again; further ones are not told of',
    );
  }

  #letter(message: InboundMessage, reason: GemelError): OutboundMessage | undefined {
    const { address, headers, subjects } = message;
    const { connectionId, clock } = this.parts;
    const context = { headers, sourceAddress: address, connectionId, subjectId: subjects[0], now: clock.now() };
    const resolution = resolveTemplate(this.target.address, context);
    const to = resolution.kind === 'resolved' ? resolution.values[0] : undefined;
    if (to === undefined) return undefined;
    const { format } = this.target;
    return { address: to, qos: 1, ...(format === 'json' ? asJson(message, reason) : asOriginal(message, reason)) };
  }
}

type Content = Pick<OutboundMessage, 'payload' | 'headers'>;

function asOriginal({ address, payload, headers }: InboundMessage, reason: GemelError): Content {
  const own = Object.entries(headers).filter(([name]) => !OF_TRANSPORT.test(name));
  return {
    payload,
    headers: {
      ...Object.fromEntries(own),
      'dead-letter-address': address,
      'dead-letter-code': reason.code,
      'dead-letter-reason': reason.message.slice(0, MAX_REASON),
    },
  };
}

function asJson({ address, payload, headers }: InboundMessage, { code, message }: GemelError): Content {
  const text = textOf(payload);
  const original =
    text === undefined
      ? { payloadBase64: btoa(Array.from(payload, (byte) => String.fromCharCode(byte)).join('')) }
      : { payload: text };
  return {
    payload: JSON.stringify({ address, code, reason: message.slice(0, MAX_REASON), headers, ...original }),
    headers: { 'content-type': 'application/json' },
  };
}

/** Undefined for bytes that are no text. */
function textOf(payload: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload);
  } catch {
    return undefined;
  }
}
