import type { ConnectorStatus } from '@gemel/application/ports';

/** Why a connection does not stand. */
export interface LinkFault {
  /** misconfigured: the other side refuses it as it is. */
  readonly state: Extract<ConnectorStatus['state'], 'connecting' | 'misconfigured'>;
  /** Without secrets. */
  readonly detail: string;
}

/** Of Node, when the certificate of the other side is not accepted, or ours is not by it. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|^ERR_TLS|^ERR_SSL|^ERR_OSSL/;

/** What people can do about an account that the other side does not let in. */
const CHECK_ACCOUNT = "check user name and password in the connection's uri";

/** What OpenSSL says, among much else: `…:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:…`. */
const OPENSSL = /^.*error:[0-9A-F]+:SSL routines:[^:]*:([^:]+):.*$/s;
/** What it says of an answer that is no TLS at all. */
const NO_TLS = /wrong version number|packet length too long|record layer failure/;

/** The same for what Node says of certificates and of the network; the first that matches. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/ALTNAME/, "check the host in the uri, or give the server's own certificate as ca"],
  [/^ERR_SSL/, "check the connection's credentials, and that the port speaks TLS"],
  [CERTIFICATE, "check the connection's ca"],
  [/^ENOTFOUND$|^EAI_/, 'check the host in the uri'],
  [/^ECONNREFUSED$/, 'check host and port, and that something listens there'],
];

/** Of an error of the network or of TLS; what a protocol says, its connector judges first. */
export function networkFault(error: unknown): LinkFault {
  const { message: said, code } = parseError(error);
  if (NO_TLS.test(said)) {
    const detail = 'the other side does not speak TLS; check the scheme of the uri, and its port';
    return { state: 'misconfigured', detail };
  }
  const message = said.replace(OPENSSL, 'TLS fails: $1');
  const [, advice] = ADVICE.find(([pattern]) => pattern.test(code)) ?? [];
  return {
    state: CERTIFICATE.test(code) ? 'misconfigured' : 'connecting',
    detail: advice === undefined ? message : `${message}; ${advice}`,
  };
}

/** The other side does not let the account in. @param detail what it says */
export function accountFault(detail: string): LinkFault {
  return { state: 'misconfigured', detail: `${detail}; ${CHECK_ACCOUNT}` };
}

/** What an error of a library says of itself. */
export function parseError(error: unknown): { readonly message: string; readonly code: string } {
  if (typeof error !== 'object' || error === null) return { message: String(error), code: '' };
  const { message, code, cause, errors } = error as {
    message?: unknown;
    code?: unknown;
    cause?: unknown;
    errors?: unknown;
  };
  const shown = typeof message === 'string' && message !== '' ? message : undefined;
  if (typeof code === 'string') return { message: shown ?? code, code };
  // The first address of several that were tried tells enough.
  const inner: unknown = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
  if (inner !== undefined && inner !== error) {
    const { message: text, code: innerCode } = parseError(inner);
    return { message: shown ?? text, code: innerCode };
  }
  return { message: shown ?? 'the other side cannot be reached', code: '' };
}
