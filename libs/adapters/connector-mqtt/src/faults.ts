import type { ConnectorStatus } from '@gemel/application/ports';

export interface LinkFault {
  readonly state: Extract<ConnectorStatus['state'], 'connecting' | 'misconfigured'>;
  /** Without secrets. */
  readonly detail: string;
}

/** Return codes of CONNACK and reason codes that mean that the broker refuses the client as it is. */
const REFUSALS = new Set([1, 2, 4, 5, 128 + 4, 128 + 5, 128 + 6, 128 + 7, 128 + 10, 128 + 12]);
const TAKEN_OVER = 142;
/** Of Node, when the certificate of the other side is not accepted. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|TLS|SSL/;

/** The broker does not let the client subscribe. */
export class SubscriptionRefused extends Error {
  override readonly name = 'SubscriptionRefused';

  constructor(addresses: readonly string[]) {
    super(`the broker refuses the subscription to ${addresses.join(', ')}`);
  }
}

export function faultOf(error: unknown): LinkFault {
  const { message, code } = parseError(error);
  if (error instanceof SubscriptionRefused) return { state: 'misconfigured', detail: message };
  if (code === TAKEN_OVER)
    return { state: 'connecting', detail: 'another client has connected under the same client id' };
  const isRefusal = typeof code === 'number' ? REFUSALS.has(code) : CERTIFICATE.test(code ?? '');
  return { state: isRefusal ? 'misconfigured' : 'connecting', detail: message };
}

function parseError(error: unknown): { readonly message: string; readonly code: string | number | undefined } {
  if (typeof error !== 'object' || error === null) return { message: String(error), code: undefined };
  const { message, code } = error as { message?: unknown; code?: unknown };
  const shown = typeof message === 'string' && message !== '' ? message : 'the broker cannot be reached';
  return { message: shown, code: typeof code === 'string' || typeof code === 'number' ? code : undefined };
}
