import type { ConfigReader } from './config-reader.js';
import { parseConnectionUri } from './connection-uri.js';
import { readPem } from './credentials.js';

/** The way to the broker through an SSH server (Ditto: connectivity-ssh-tunneling). Holds secrets. */
export interface SshTunnel {
  readonly host: string;
  readonly port: number;
  readonly credentials: SshCredentials;
  /** Fingerprints such as `MD5:e0:3a:…` or `SHA256:…`; undefined means that any server will do. */
  readonly knownHosts: readonly string[] | undefined;
}

export type SshCredentials =
  | { readonly type: 'plain'; readonly username: string; readonly password: string }
  /** PEM, PKCS8. */
  | { readonly type: 'public-key'; readonly username: string; readonly privateKey: string };

const FINGERPRINT = /^(?:MD5:[0-9a-f]{2}(?::[0-9a-f]{2}){15}|SHA(?:1|224|256|384|512):[A-Za-z0-9+/]+={0,2})$/i;

/** Undefined when there is none or it is switched off. */
export function readSshTunnel(reader: ConfigReader): SshTunnel | undefined {
  return reader.object('sshTunnel', readTunnel);
}

function readTunnel(reader: ConfigReader): SshTunnel | undefined {
  const names = ['uri', 'credentials', 'validateHost', 'knownHosts'];
  if (!reader.boolean('enabled', true)) {
    for (const name of names) reader.has(name);
    return undefined;
  }
  const uri = parseConnectionUri(reader.optionalText('uri') ?? '', { ssh: 22 });
  if (typeof uri === 'string') reader.fault('uri', uri);
  const credentials = reader.object('credentials', readSshCredentials);
  if (credentials === undefined) reader.fault('credentials', 'must be there');
  const validatesHost = reader.boolean('validateHost', true);
  const knownHosts = reader.texts('knownHosts');
  if (validatesHost && knownHosts.length === 0) reader.fault('knownHosts', 'must hold at least one fingerprint');
  for (const [index, fingerprint] of knownHosts.entries()) {
    if (!FINGERPRINT.test(fingerprint)) {
      reader.fault(['knownHosts', String(index)], "must be a fingerprint as 'ssh-keygen -l' prints it");
    }
  }
  return {
    host: typeof uri === 'string' ? '' : uri.host,
    port: typeof uri === 'string' ? 22 : uri.port,
    credentials: credentials ?? { type: 'plain', username: '', password: '' },
    knownHosts: validatesHost ? knownHosts : undefined,
  };
}

function readSshCredentials(reader: ConfigReader): SshCredentials {
  const username = reader.text('username', 'a text');
  if (reader.oneOf('type', ['plain', 'public-key']) === 'plain') {
    return { type: 'plain', username, password: reader.text('password', 'a text') };
  }
  // It belongs to the private key, which is enough.
  readPem(reader, 'publicKey', 'PUBLIC KEY');
  const privateKey = readPem(reader, 'privateKey', 'PRIVATE KEY');
  if (privateKey === undefined) reader.fault('privateKey', 'must be there');
  return { type: 'public-key', username, privateKey: privateKey ?? '' };
}
