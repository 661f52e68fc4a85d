import { parseTemplate } from '../../placeholders/index.js';
import type { Template } from '../../placeholders/index.js';
import type { OptionsReader } from '../options-reader.js';
import type { ConfiguredMapper } from '../payload-mapper.js';
import { rawMessageIn } from './raw-message-in.js';
import { rawMessageOut } from './raw-message-out.js';

/** Ditto, "RawMessage mapper": what says where a payload goes when nothing else does. */
const DEFAULT_HEADERS = {
  'content-type': "{{ header:content-type | fn:default('application/octet-stream') }}",
  'ditto-message-direction': "{{ header:ditto-message-direction | fn:default('TO') }}",
  'ditto-message-thing-id': '{{ header:ditto-message-thing-id }}',
  'ditto-message-subject': '{{ header:ditto-message-subject }}',
  'ditto-message-feature-id': '{{ header:ditto-message-feature-id }}',
  status: '{{ header:status }}',
};

/** Payloads of messages without an envelope, both ways; what is a Ditto Protocol message already stays one. */
export function readRawMessageMapper(reader: OptionsReader): ConfiguredMapper {
  const contentType = reader.optionalText('outgoingContentType') ?? 'text/plain; charset=UTF-8';
  const headers = readHeaders(reader);
  return {
    kind: 'mapper',
    mapper: {
      incoming: (message, context) => [rawMessageIn(message, context, headers)],
      outgoing: (signal) => [rawMessageOut(signal, contentType)],
    },
  };
}

function readHeaders(reader: OptionsReader): ReadonlyMap<string, Template> {
  const all: Record<string, string> = { ...DEFAULT_HEADERS };
  for (const [name, value] of reader.entries('incomingMessageHeaders')) {
    all[name.toLowerCase()] = typeof value === 'string' ? value : JSON.stringify(value);
  }
  return new Map(
    Object.entries(all).flatMap(([name, text]) => {
      const template = reader.parsed(['incomingMessageHeaders', name], text, parseTemplate);
      return template === undefined ? [] : [[name, template] as const];
    }),
  );
}
