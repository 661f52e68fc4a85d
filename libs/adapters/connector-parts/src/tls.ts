import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type { PeerCertificate } from 'node:tls';

import type { Connection } from '@gemel/model/connections';

/** As TLS of Node takes them. */
export interface VerifyingOptions {
  readonly rejectUnauthorized: boolean;
  ca?: string;
  cert?: string;
  key?: string;
  servername?: string;
  readonly checkServerIdentity: (host: string, certificate: PeerCertificate) => Error | undefined;
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * How the other side is verified and shown who connects (Ditto: connectivity-tls-certificates). A certificate that is itself
 * among the trusted ones is the right one whatever name it bears.
 */
export function tlsOptions({ tls, uri }: Pick<Connection, 'tls' | 'uri'>, host: string = uri.host): VerifyingOptions {
  const trusted = fingerprintsOf(tls.ca ?? '');
  return {
    rejectUnauthorized: tls.validateCertificates,
    ...(tls.ca === undefined ? undefined : { ca: tls.ca }),
    ...tls.clientCertificate,
    // [RFC 6066, 3] An address is no server name.
    ...(isIP(host) === 0 ? { servername: host } : undefined),
    checkServerIdentity: (_, certificate: PeerCertificate) =>
      trusted.has(certificate.fingerprint256) ? undefined : checkServerIdentity(host, certificate),
  };
}

function fingerprintsOf(bundle: string): ReadonlySet<string> {
  return new Set(
    (bundle.match(PEM_CERTIFICATE) ?? []).flatMap((pem) => {
      try {
        return [new X509Certificate(pem).fingerprint256];
      } catch {
        // TLS itself says so when it connects.
        return [];
      }
    }),
  );
}
