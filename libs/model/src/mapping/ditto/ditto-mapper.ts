import { parseJson } from '../../json/index.js';
import { DITTO_PROTOCOL_CONTENT_TYPE, parseEnvelope } from '../../protocol/index.js';
import type { Envelope } from '../../protocol/index.js';
import type { OptionsReader } from '../options-reader.js';
import type {
  ConfiguredMapper,
  IncomingMessage,
  OutgoingMessage,
  OutgoingSignal,
  PayloadMapper,
} from '../payload-mapper.js';
import { decodeUtf8 } from '../utf8.js';

/** Payloads that are Ditto Protocol messages already. */
export const dittoMapper = {
  incoming: ({ payload }: IncomingMessage): readonly Envelope[] => [parseEnvelope(parseJson(decodeUtf8(payload)))],
  outgoing: ({ json }: OutgoingSignal): readonly OutgoingMessage[] => [
    { headers: { 'content-type': DITTO_PROTOCOL_CONTENT_TYPE }, payload: JSON.stringify(json) },
  ],
} satisfies PayloadMapper;

/** It has no options. */
export function readDittoMapper(_reader: OptionsReader): ConfiguredMapper {
  return { kind: 'mapper', mapper: dittoMapper };
}
