import { headerText } from '../headers/index.js';
import { isJsonObject } from '../json/index.js';
import type { JsonObject } from '../json/index.js';
import type { ConfigReader } from './config-reader.js';
import type { Diversion, ResponseType } from './connection.js';

/** What the headers of a message say about its answers. */
export interface DivertedTo {
  readonly connectionId: string;
  readonly types: ReadonlySet<ResponseType>;
}

export const DIVERT_TO = 'divert-response-to-connection';
const DIVERT_TYPES = 'divert-expected-response-types';
/** Of a diverted answer: the connection that it comes from. */
export const DIVERTED_FROM = 'diverted-response-from';
const TYPES = ['response', 'error', 'nack'] as const;
const DEFAULT_TYPES = 'response,error';

export function readDiversion(reader: ConfigReader): Diversion {
  const sources = reader.optionalText('authorized-connections-as-sources') ?? '';
  return {
    isSource: reader.boolean('is-diversion-source', false),
    preservesNormal: reader.boolean('preserve-normal-response-via-source', false),
    isTarget: reader.boolean('is-diversion-target', false),
    authorizedSources: sources
      .split(',')
      .map((id) => id.trim())
      .filter((id) => id !== ''),
  };
}

/** Whether the connection says so, before anything else of it is judged. */
export function isDiversionTarget(connection: JsonObject): boolean {
  const config = connection['specificConfig'];
  const says = isJsonObject(config) ? config['is-diversion-target'] : undefined;
  return says === true || says === 'true';
}

/** Undefined when they say nothing. */
export function divertedTo(headers: JsonObject): DivertedTo | undefined {
  const connectionId = headerText(headers, DIVERT_TO);
  if (connectionId === undefined || connectionId === '') return undefined;
  const named = new Set((headerText(headers, DIVERT_TYPES) ?? DEFAULT_TYPES).split(',').map((type) => type.trim()));
  return { connectionId, types: new Set(TYPES.filter((type) => named.has(type))) };
}
