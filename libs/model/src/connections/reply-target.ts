import { parseTemplate } from '../placeholders/index.js';
import type { ConfigReader } from './config-reader.js';
import type { ReplyTarget, ResponseType } from './connection.js';
import { readHeaderMapping } from './header-mapping.js';

const ADDRESS = '{{ header:reply-to }}';
const TYPES = ['response', 'error', 'nack'] as const;
/** Of a reply target that does not say (Ditto, ImmutableReplyTarget). */
const DEFAULT_TYPES: readonly ResponseType[] = ['response', 'error'];

/** Undefined when it is switched off. A source without one answers to where its messages' `reply-to` says. */
export function readReplyTarget(reader: ConfigReader): ReplyTarget | undefined {
  return reader.has('replyTarget')
    ? reader.object('replyTarget', readConfigured)
    : { address: parseTemplate(ADDRESS), headerMapping: undefined, expectedResponseTypes: new Set(DEFAULT_TYPES) };
}

function readConfigured(reader: ConfigReader): ReplyTarget | undefined {
  const isEnabled = reader.boolean('enabled', true);
  const address = reader.parsed('address', reader.optionalText('address') ?? ADDRESS, parseTemplate);
  const headerMapping = readHeaderMapping(reader);
  const types = readTypes(reader);
  if (!isEnabled || address === undefined) return undefined;
  return { address, headerMapping, expectedResponseTypes: new Set(types) };
}

function readTypes(reader: ConfigReader): readonly ResponseType[] {
  if (!reader.has('expectedResponseTypes')) return DEFAULT_TYPES;
  return reader.texts('expectedResponseTypes').flatMap((text, index) => {
    const type = TYPES.find((known) => known === text);
    if (type === undefined)
      reader.fault(['expectedResponseTypes', String(index)], `must be one of ${TYPES.join(', ')}`);
    return type ?? [];
  });
}
