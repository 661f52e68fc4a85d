import { accountFault, networkFault } from '@gemel/connector-parts';
import type { LinkFault } from '@gemel/connector-parts';

/** Return codes of CONNACK and reason codes that mean that the broker refuses the client as it is. */
const REFUSALS = new Set([1, 2, 128 + 4, 128 + 5, 128 + 10, 128 + 12]);
/** The same because of who it is. */
const ACCOUNT_REFUSALS = new Set([4, 5, 128 + 6, 128 + 7]);
const TAKEN_OVER = 142;

/** Of what the library says when nothing, or something else, comes back. */
const SILENT = 'the other side does not answer as a broker of MQTT does; check host and port';

/** The broker does not let the client subscribe. */
export class SubscriptionRefused extends Error {
  override readonly name = 'SubscriptionRefused';

  constructor(addresses: readonly string[]) {
    super(`the broker refuses the subscription to ${addresses.join(', ')}`);
  }
}

export function faultOf(error: unknown): LinkFault {
  if (error instanceof SubscriptionRefused) return { state: 'misconfigured', detail: error.message };
  const { message, code } = parseRefusal(error);
  if (message === 'connack timeout') return { state: 'connecting', detail: SILENT };
  if (code === undefined) return networkFault(error);
  if (code === TAKEN_OVER)
    return { state: 'connecting', detail: 'another client has connected under the same client id' };
  if (ACCOUNT_REFUSALS.has(code)) return accountFault(message);
  return { state: REFUSALS.has(code) ? 'misconfigured' : 'connecting', detail: message };
}

/** The code is undefined when the broker has said nothing. */
function parseRefusal(error: unknown): { readonly message: string; readonly code: number | undefined } {
  if (typeof error !== 'object' || error === null) return { message: String(error), code: undefined };
  const { message, code } = error as { message?: unknown; code?: unknown };
  const shown = typeof message === 'string' && message !== '' ? message : 'the broker does not say why';
  return { message: shown, code: typeof code === 'number' ? code : undefined };
}
