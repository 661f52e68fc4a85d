import { GemelError } from '../../errors/index.js';
import { headerText } from '../../headers/index.js';
import { parseJson } from '../../json/index.js';
import { parseEnvelope } from '../../protocol/index.js';
import type { Envelope } from '../../protocol/index.js';
import type { OptionsReader } from '../options-reader.js';
import type { ConfiguredMapper, IncomingMessage } from '../payload-mapper.js';
import { parseTemplateObject } from '../template-tree.js';
import { decodeUtf8 } from '../utf8.js';

/** Without it nothing of the twin would be created by a look at its device. */
const DEFAULT_HEADERS = { 'response-required': false, 'if-match': '*' };
const SUFFIX = '-merge-into-twin';

/** Merges what a device answers to a live retrieve into its twin; everything else maps to nothing. */
export function readUpdateTwinWithLiveResponseMapper(reader: OptionsReader): ConfiguredMapper {
  const given = reader.tree('dittoHeadersForMerge') ?? DEFAULT_HEADERS;
  const headers = reader.parsed('dittoHeadersForMerge', '', () => parseTemplateObject(given, 'keep'));
  return {
    kind: 'mapper',
    mapper: {
      incoming: (message, context) => {
        const response = responseIn(message);
        const { topic, path, value } = response ?? {};
        if (response === undefined || topic?.group !== 'things' || path === undefined || value === undefined) return [];
        const { namespace, name } = topic;
        const correlationId = headerText(response.headers, 'correlation-id');
        return [
          {
            topic: { namespace, name, group: 'things', channel: 'twin', criterion: 'commands', action: 'merge' },
            headers: {
              ...headers?.(context),
              ...(correlationId === undefined ? undefined : { 'correlation-id': `${correlationId}${SUFFIX}` }),
            },
            path,
            value,
          },
        ];
      },
    },
  };
}

/** A live retrieve that succeeded; undefined for anything else, which other mappers may understand. */
function responseIn({ payload }: IncomingMessage): Envelope | undefined {
  const envelope = readable(payload);
  const { topic, status } = envelope ?? {};
  const isResponse =
    topic?.group === 'things' &&
    topic.channel === 'live' &&
    topic.criterion === 'commands' &&
    topic.action === 'retrieve' &&
    topic.name !== '_' &&
    status !== undefined &&
    status >= 200 &&
    status < 300;
  return isResponse ? envelope : undefined;
}

function readable(payload: Uint8Array): Envelope | undefined {
  try {
    return parseEnvelope(parseJson(decodeUtf8(payload)));
  } catch (error) {
    if (error instanceof GemelError) return undefined;
    throw error;
  }
}
