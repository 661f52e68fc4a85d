/** Where a broker is, and who connects to it. */
export interface ConnectionUri {
  readonly scheme: string;
  /** An IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
  /** With its leading slash; empty when there is none. */
  readonly path: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** Scheme → port when the URI has none. */
export type Schemes = Readonly<Record<string, number>>;

const URI = /^([a-z]+):\/\/(?:([^@/?#]*)@)?(\[[0-9a-f:.]+\]|[^:/?#@\s[\]]+)(?::(\d{1,5}))?(\/[^?#\s]*)?$/i;

/** What is wrong with the text, without quoting it: it may hold a password. */
export type UriFault = string;

export function parseConnectionUri(text: string, schemes: Schemes): ConnectionUri | UriFault {
  const match = URI.exec(text);
  if (match === null) {
    return 'must be scheme://user:password@host:port, with special characters of user and password percent-encoded';
  }
  const [, rawScheme = '', userInfo, rawHost = '', rawPort, path = ''] = match;
  const scheme = rawScheme.toLowerCase();
  const standardPort = Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined;
  if (standardPort === undefined) return `must begin with one of ${Object.keys(schemes).join('://, ')}://`;
  const port = rawPort === undefined ? standardPort : Number(rawPort);
  if (port < 1 || port > 65_535) return 'must have a port from 1 to 65535';
  const credentials = parseUserInfo(userInfo);
  if (credentials === undefined) return 'must have user and password percent-encoded';
  return { scheme, host: rawHost.replace(/^\[|\]$/g, ''), port, path: path === '/' ? '' : path, ...credentials };
}

/** Without user and password: fit for logs. */
export function formatAddress({ scheme, host, port, path }: ConnectionUri): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}${path}`;
}

function parseUserInfo(text: string | undefined): Pick<ConnectionUri, 'username' | 'password'> | undefined {
  if (text === undefined) return { username: undefined, password: undefined };
  const colon = text.indexOf(':');
  try {
    return {
      username: decodeURIComponent(colon < 0 ? text : text.slice(0, colon)),
      password: colon < 0 ? undefined : decodeURIComponent(text.slice(colon + 1)),
    };
  } catch {
    return undefined;
  }
}
