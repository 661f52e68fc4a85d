import type { JsonObject } from '../json/index.js';
import { parseTemplate, resolveTemplate } from '../placeholders/index.js';
import type { PlaceholderContext, Template } from '../placeholders/index.js';
import type { ConfigReader } from './config-reader.js';

/** Header name in lower case → its value with placeholders. */
export type HeaderMapping = ReadonlyMap<string, Template>;

/** Undefined when it is empty, too: Ditto does not tell that from none. */
export function readHeaderMapping(reader: ConfigReader): HeaderMapping | undefined {
  if (!reader.has('headerMapping')) return undefined;
  const mapping = new Map<string, Template>();
  for (const [name, value] of reader.entries('headerMapping')) {
    const place = ['headerMapping', name];
    const template = typeof value === 'string' ? reader.parsed(place, value, parseTemplate) : undefined;
    if (typeof value !== 'string') reader.fault(place, 'must be a text');
    if (template !== undefined) mapping.set(name.toLowerCase(), template);
  }
  return mapping.size === 0 ? undefined : mapping;
}

/** What the mapping says for one message; a header that does not resolve is left out, and so are Ditto's internal ones. */
export function mapHeaders(mapping: HeaderMapping, context: PlaceholderContext): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, template] of mapping) {
    const resolution = name.startsWith('ditto-') ? undefined : resolveTemplate(template, context);
    if (resolution?.kind === 'resolved') headers[name] = resolution.values.join(',');
  }
  return headers;
}

/** Headers that go from a transport to a signal and back where nothing else is said: who caused what. */
const TRACE_HEADERS = ['correlation-id', 'traceparent', 'tracestate'] as const;

/** Those of `headers` that tell who caused what. */
export function traceHeaders(headers: JsonObject): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of TRACE_HEADERS) {
    const value = headers[name];
    if (typeof value === 'string') found[name] = value;
  }
  return found;
}
