import { accountFault, networkFault, parseError } from '@gemel/connector-parts';
import type { LinkFault } from '@gemel/connector-parts';

/** Conditions after which only another configuration helps [AMQP 1.0, 2.8.15]. */
const REFUSALS = new Set([
  'amqp:unauthorized-access',
  'amqp:not-found',
  'amqp:not-allowed',
  'amqp:invalid-field',
  'amqp:not-implemented',
]);

/** What rhea says when the other side does not let the account in, or none of its ways to show one. */
const SASL = /^(?:Failed to authenticate|SASL mechanism|No suitable mechanism)/;

/** The other side, or the library, has said why. */
export class AmqpFailure extends Error {
  override readonly name = 'AmqpFailure';

  constructor(
    readonly condition: string,
    message: string,
  ) {
    super(message);
  }
}

export function amqpFault(error: unknown): LinkFault {
  const { condition, message } = parseFailure(error);
  if (condition === '') return networkFault(error);
  if (SASL.test(message)) return accountFault(message);
  return { state: REFUSALS.has(condition) ? 'misconfigured' : 'connecting', detail: message };
}

export function isRefusal(error: unknown): boolean {
  return REFUSALS.has(parseFailure(error).condition);
}

/** What an event of rhea tells of: an error of AMQP, of Node, or nothing. */
export function parseFailure(error: unknown): AmqpFailure {
  if (error instanceof AmqpFailure) return error;
  const { condition, description } = typeof error === 'object' && error !== null ? (error as AmqpErrorParts) : {};
  const { message } = parseError(error);
  const text = typeof description === 'string' && description !== '' ? description : message;
  return new AmqpFailure(typeof condition === 'string' ? condition : '', text);
}

interface AmqpErrorParts {
  readonly condition?: unknown;
  readonly description?: unknown;
}
