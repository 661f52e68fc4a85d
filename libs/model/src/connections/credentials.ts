import { isJsonObject } from '../json/index.js';
import type { JsonObject } from '../json/index.js';
import type { ConfigReader } from './config-reader.js';

/** How a connection shows who it is, beside user and password of its URI. Secrets. */
export type Credentials = ClientCertificate | HmacCredentials | OAuthCredentials;

export interface ClientCertificate {
  readonly type: 'client-cert';
  /** PEM. */
  readonly cert: string;
  /** PEM, PKCS8. */
  readonly key: string;
}

/** Each request is signed (Ditto: connectivity-hmac-signing). */
export interface HmacCredentials {
  readonly type: 'hmac';
  readonly algorithm: HmacAlgorithm;
  readonly parameters: JsonObject;
}

export type HmacAlgorithm = 'aws4-hmac-sha256' | 'az-monitor-2016-04-01' | 'az-sasl';

/** Each request carries a token of the endpoint (RFC 6749, 4.4 without a user, 4.3 with one). */
export interface OAuthCredentials {
  readonly type: 'oauth-client-credentials' | 'oauth-password';
  readonly tokenEndpoint: string;
  readonly clientId: string;
  /** Undefined for public clients. */
  readonly clientSecret: string | undefined;
  readonly requestedScopes: string;
  readonly audience: string | undefined;
  readonly user: { readonly name: string; readonly password: string } | undefined;
}

export type CredentialsType = Credentials['type'];

const ALGORITHMS = ['aws4-hmac-sha256', 'az-monitor-2016-04-01', 'az-sasl'] as const;
/** Parameters that must be there, as texts. */
const PARAMETERS: Readonly<Record<HmacAlgorithm, readonly string[]>> = {
  'aws4-hmac-sha256': ['region', 'service', 'accessKey', 'secretKey'],
  'az-monitor-2016-04-01': ['workspaceId', 'sharedKey'],
  'az-sasl': ['sharedKeyName', 'sharedKey', 'endpoint'],
};

/** @param types what the type of connection has */
export function readCredentials(
  reader: ConfigReader,
  types: readonly [CredentialsType, ...CredentialsType[]],
  algorithms: readonly HmacAlgorithm[],
): Credentials | undefined {
  return reader.object('credentials', (credentials) => {
    const type = credentials.oneOf('type', types);
    switch (type) {
      case 'client-cert':
        return readClientCertificate(credentials);
      case 'hmac':
        return readHmac(credentials, algorithms);
      case 'oauth-client-credentials':
      case 'oauth-password':
        return readOAuth(credentials, type);
    }
  });
}

/** PEM; undefined when it is absent or empty. */
export function readPem(reader: ConfigReader, name: string, what: string): string | undefined {
  const text = reader.optionalText(name);
  if (text === undefined || text === '') return undefined;
  if (!text.includes('-----BEGIN ') || !text.includes(`${what}-----`))
    reader.fault(name, `must be PEM: -----BEGIN ${what}-----`);
  return text;
}

function readClientCertificate(reader: ConfigReader): ClientCertificate {
  return {
    type: 'client-cert',
    cert: requiredPem(reader, 'cert', 'CERTIFICATE'),
    key: requiredPem(reader, 'key', 'PRIVATE KEY'),
  };
}

function requiredPem(reader: ConfigReader, name: string, what: string): string {
  const text = readPem(reader, name, what);
  if (text === undefined) reader.fault(name, 'must be there');
  return text ?? '';
}

function readHmac(reader: ConfigReader, algorithms: readonly HmacAlgorithm[]): HmacCredentials {
  const algorithm = reader.oneOf('algorithm', ALGORITHMS);
  if (!algorithms.includes(algorithm)) reader.fault('algorithm', `must be one of ${algorithms.join(', ')}`);
  const value = reader.any('parameters');
  const parameters = isJsonObject(value) ? value : {};
  if (!isJsonObject(value)) reader.fault('parameters', 'must be an object');
  for (const name of PARAMETERS[algorithm]) {
    if (typeof parameters[name] !== 'string' || parameters[name] === '') {
      reader.fault(['parameters', name], 'must be a text');
    }
  }
  return { type: 'hmac', algorithm, parameters };
}

function readOAuth(reader: ConfigReader, type: OAuthCredentials['type']): OAuthCredentials {
  const tokenEndpoint = reader.text('tokenEndpoint', 'a URL');
  if (tokenEndpoint !== '' && !/^https?:\/\/[^\s/?#@]+(?:[/?]\S*)?$/i.test(tokenEndpoint)) {
    reader.fault('tokenEndpoint', 'must be a URL that begins with https:// or http://, without user and password');
  }
  const hasUser = type === 'oauth-password';
  return {
    type,
    tokenEndpoint,
    clientId: reader.text('clientId', 'a text'),
    clientSecret: hasUser ? reader.optionalText('clientSecret') : reader.text('clientSecret', 'a text'),
    requestedScopes: reader.optionalText('requestedScopes') ?? '',
    audience: reader.optionalText('audience'),
    user: hasUser
      ? { name: reader.text('username', 'a text'), password: reader.text('password', 'a text') }
      : undefined,
  };
}
