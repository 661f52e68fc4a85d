import type { Template } from '../placeholders/index.js';
import { isJsonArray } from '../json/index.js';
import type { JsonValue } from '../json/index.js';
import type { ConfigReader } from './config-reader.js';
import { readDuration } from './duration.js';

/** The `specificConfig` of HTTP push connections (Ditto: connectivity-protocol-bindings-http). */
export interface HttpPushConfig {
  /** Requests under way at a time; those of one thing follow each other. */
  readonly parallelism: number;
  /** Methods whose requests have no body. */
  readonly omitRequestBody: ReadonlySet<HttpMethod>;
  /** For an answer. */
  readonly idleTimeoutMs: number;
}

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** An address of a target, resolved. */
export interface HttpAddress {
  readonly method: HttpMethod;
  /** With its query; may lack the leading slash. */
  readonly path: string;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
/** Methods that may be named though no target has them. */
const OTHER_METHODS = new Set(['HEAD', 'OPTIONS', 'TRACE', 'CONNECT']);
const LONGEST_TIMEOUT_MS = 60_000;

export function readHttpPushConfig(reader: ConfigReader): HttpPushConfig {
  const timeoutMs = readDuration(reader, 'idleTimeout', LONGEST_TIMEOUT_MS);
  if (timeoutMs > LONGEST_TIMEOUT_MS) reader.fault('idleTimeout', 'must be at most 60s');
  return {
    parallelism: reader.integer('parallelism', { min: 1, max: 1_000, default: 1 }),
    omitRequestBody: readMethods(reader, 'omitRequestBody'),
    idleTimeoutMs: timeoutMs === 0 ? LONGEST_TIMEOUT_MS : timeoutMs,
  };
}

export function httpTargetFault({ text }: Template): string | undefined {
  const address = parseHttpAddress(text.replaceAll(/\{\{.*?\}\}/gs, 'x'));
  return typeof address === 'string' ? address : undefined;
}

/** What is wrong is told as a text that goes on from the address. */
export function parseHttpAddress(text: string): HttpAddress | string {
  const colon = text.indexOf(':');
  const method = METHODS.find((each) => each === text.slice(0, colon));
  if (colon < 0 || method === undefined) {
    return `must be a method and a path, such as 'POST:/api'; there are ${METHODS.join(', ')}`;
  }
  return { method, path: text.slice(colon + 1) };
}

/** As a list or as one text with commas. */
function readMethods(reader: ConfigReader, name: string): ReadonlySet<HttpMethod> {
  const value = reader.any(name) ?? 'GET,DELETE';
  const names = isJsonArray(value) ? value : typeof value === 'string' ? value.split(',') : undefined;
  if (names === undefined) reader.fault(name, 'must be a list of HTTP methods');
  const methods = new Set<HttpMethod>();
  for (const each of names ?? []) {
    const text = methodName(each);
    const method = METHODS.find((known) => known === text);
    if (method !== undefined) methods.add(method);
    else if (text !== '' && !OTHER_METHODS.has(text)) reader.fault(name, 'must be a list of HTTP methods');
  }
  return methods;
}

function methodName(value: JsonValue): string {
  return typeof value === 'string' ? value.trim() : '?';
}
