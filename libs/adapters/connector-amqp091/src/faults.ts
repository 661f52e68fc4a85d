import { accountFault, networkFault } from '@gemel/connector-parts';
import type { LinkFault } from '@gemel/connector-parts';

/** Reply codes after which only another configuration helps [AMQP 0.9.1, 1.2]: refused, not found, precondition, not allowed. */
const REFUSALS = new Set([403, 404, 406, 530]);
/** What the library says of them when the other side ends the handshake. */
const REFUSED = /ACCESS_REFUSED|ACCESS-REFUSED|NOT_ALLOWED|Handshake terminated by server: 403|\b(?:403|530)\b/;
/** The handshake is where the account is looked at. */
const ACCOUNT = 'Handshake terminated by server: 403';
const CLOSED_EARLY = 'Socket closed abruptly during opening handshake';

export function amqpFault(error: unknown): LinkFault {
  const fault = networkFault(error);
  if (fault.detail.includes(ACCOUNT)) return accountFault(fault.detail);
  const code = replyCode(error);
  const isRefusal = (code !== undefined && REFUSALS.has(code)) || REFUSED.test(fault.detail);
  if (fault.detail.includes(CLOSED_EARLY))
    return { state: fault.state, detail: 'the other side has ended the connection' };
  return isRefusal ? { state: 'misconfigured', detail: fault.detail } : fault;
}

/** Undefined when the error is not the other side's. */
export function replyCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'number' ? error.code : undefined;
}
