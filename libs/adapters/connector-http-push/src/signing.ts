import { createHash, createHmac } from 'node:crypto';

import { encoded, sharedAccess } from '@gemel/connector-parts';
import type { HmacCredentials } from '@gemel/model/connections';

import type { PushRequest } from './push-request.js';

type Headers = Readonly<Record<string, string>>;

const ALGORITHM = 'AWS4-HMAC-SHA256';
const CONTENT_HASH = 'x-amz-content-sha256';

/**
 * Headers that sign a request (Ditto: connectivity-hmac-signing).
 * @param now milliseconds since 1970
 */
export function signatureOf(request: PushRequest, host: string, credentials: HmacCredentials, now: number): Headers {
  switch (credentials.algorithm) {
    case 'az-sasl':
      return { authorization: `SharedAccessSignature ${sharedAccess(credentials, now).token}` };
    case 'az-monitor-2016-04-01':
      return azureMonitor(request, credentials, now);
    case 'aws4-hmac-sha256':
      return aws(request, host, credentials, now);
  }
}

function azureMonitor(
  { method, path, headers, body }: PushRequest,
  credentials: HmacCredentials,
  now: number,
): Headers {
  const date = new Date(now).toUTCString();
  const key = Buffer.from(parameter(credentials, 'sharedKey'), 'base64');
  const text = [method, body.length, headers['content-type'] ?? '', `x-ms-date:${date}`, path].join('\n');
  const signature = createHmac('sha256', key).update(text).digest('base64');
  return { 'x-ms-date': date, authorization: `SharedKey ${parameter(credentials, 'workspaceId')}:${signature}` };
}

function aws(request: PushRequest, host: string, credentials: HmacCredentials, now: number): Headers {
  const [region, service] = [parameter(credentials, 'region'), parameter(credentials, 'service')];
  const hashing = parameter(credentials, 'xAmzContentSha256').toUpperCase();
  const hash = hashing === 'UNSIGNED' ? 'UNSIGNED-PAYLOAD' : sha256(request.body);
  const date = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const added: Record<string, string> = { 'x-amz-date': date };
  if (hashing === 'INCLUDED' || hashing === 'UNSIGNED') added[CONTENT_HASH] = hash;
  const names = signedNames(credentials, CONTENT_HASH in added);
  const all: Headers = { ...request.headers, ...added, host };
  const canonical = [
    request.method,
    canonicalPath(request.path, credentials.parameters['doubleEncode'] !== false),
    canonicalQuery(request.query),
    names.map((name) => `${name}:${(all[name] ?? '').trim().replace(/\s+/g, ' ')}\n`).join(''),
    names.join(';'),
    hash,
  ].join('\n');
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const steps = [date.slice(0, 8), region, service, 'aws4_request'];
  const start = Buffer.from(`AWS4${parameter(credentials, 'secretKey')}`);
  const key = steps.reduce((previous, step) => createHmac('sha256', previous).update(step).digest(), start);
  const text = [ALGORITHM, date, scope, sha256(Buffer.from(canonical))].join('\n');
  const signature = createHmac('sha256', key).update(text).digest('hex');
  const who = `Credential=${parameter(credentials, 'accessKey')}/${scope}`;
  return { ...added, authorization: `${ALGORITHM} ${who}, SignedHeaders=${names.join(';')}, Signature=${signature}` };
}

function signedNames({ parameters }: HmacCredentials, hasHash: boolean): readonly string[] {
  const given = parameters['canonicalHeaders'];
  const names = Array.isArray(given) ? given.filter((each) => typeof each === 'string') : ['host'];
  const all = [...names.map((name) => name.trim().toLowerCase()), ...(hasHash ? [CONTENT_HASH] : [])];
  return [...new Set(all.filter((name) => name !== ''))].sort();
}

/** Segments are encoded twice for every service but S3. */
function canonicalPath(path: string, isTwice: boolean): string {
  const segments = path.split('/').map((segment) => encoded(decoded(segment)));
  if (!isTwice) return segments.join('/');
  const filled = segments.filter((segment) => segment !== '').map(encoded);
  if (filled.length === 0) return '/';
  return `/${filled.join('/')}${path.endsWith('/') ? '/' : ''}`;
}

function canonicalQuery(query: string): string {
  return [...new URLSearchParams(query)]
    .map(([name, value]) => [encoded(name), encoded(value.replaceAll('=', '%3D'))] as const)
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function parameter({ parameters }: HmacCredentials, name: string): string {
  const value = parameters[name];
  return typeof value === 'string' ? value : '';
}
