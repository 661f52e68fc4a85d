import { HOPS_HEADER, formatHops, hopDelays, parseHops } from '../../hops/index.js';
import type { Hop } from '../../hops/index.js';
import { isJsonObject, parseJson, parsePointer, valueAt } from '../../json/index.js';
import type { JsonPointer, JsonValue } from '../../json/index.js';
import { parseTemplate } from '../../placeholders/index.js';
import type { PlaceholderContext, Template } from '../../placeholders/index.js';
import type { Envelope } from '../../protocol/index.js';
import { MessageMappingFailed } from '../errors.js';
import { mergeCommand } from '../merge-command.js';
import type { OptionsReader } from '../options-reader.js';
import type { ConfiguredMapper, IncomingMessage } from '../payload-mapper.js';
import { parseThingIdTemplate, resolvedText, resolvedThingId } from '../resolved-text.js';
import { decodeUtf8 } from '../utf8.js';

const NAME = 'HopLatency';
const HOP_NAME = /^[\w.-]{1,40}$/;

interface Options {
  readonly thingId: Template;
  readonly featureId: Template;
  /** What this place is called. */
  readonly hop: string;
  /** Hops whose times, in milliseconds since 1970, are in the payload. */
  readonly timestamps: readonly { readonly name: string; readonly pointer: JsonPointer }[];
}

/**
 * Writes into a feature how long a message took from hop to hop, in milliseconds, and all in all: `device-to-bridge`, `total`.
 * Hops come from the header `hops`, then from the payload, then this place. A message with no other hop maps to nothing.
 */
export function readHopLatencyMapper(reader: OptionsReader): ConfiguredMapper {
  const thingId = reader.parsed(
    'thingId',
    reader.text('thingId', 'the id of a thing, with placeholders if need be'),
    parseThingIdTemplate,
  );
  const featureId = reader.parsed('featureId', reader.optionalText('featureId') ?? NAME, parseTemplate);
  const hop = reader.optionalText('hop') ?? 'gemel';
  if (!HOP_NAME.test(hop)) reader.fault('hop', 'must be 1 to 40 letters, digits, _, . and -');
  const timestamps = readTimestamps(reader);
  return {
    kind: 'mapper',
    mapper: {
      incoming: (message, context) => {
        if (thingId === undefined || featureId === undefined) return [];
        return commandsOf(message, context, { thingId, featureId, hop, timestamps });
      },
    },
  };
}

function readTimestamps(reader: OptionsReader): Options['timestamps'] {
  return reader.entries('timestamps').flatMap(([name, text]) => {
    if (!HOP_NAME.test(name))
      reader.fault(['timestamps', name], 'must be named by 1 to 40 letters, digits, _, . and -');
    if (typeof text !== 'string') {
      reader.fault(['timestamps', name], "must be a JSON pointer such as '/MQTT_Timestamp'");
      return [];
    }
    const pointer = reader.parsed(['timestamps', name], text, parsePointer);
    return pointer === undefined ? [] : [{ name, pointer }];
  });
}

function commandsOf(message: IncomingMessage, context: PlaceholderContext, options: Options): readonly Envelope[] {
  const { hop, timestamps } = options;
  const passed = [...parseHops(message.headers[HOPS_HEADER] ?? ''), ...hopsIn(message.payload, timestamps)];
  const [first] = passed;
  if (first === undefined || context.now === undefined) return [];
  const hops = [...passed, { name: hop, at: context.now }];
  const delays = hopDelays(hops).map(({ from, to, ms }) => [`${from}-to-${to}`, ms] as const);
  const properties = { ...Object.fromEntries(delays), total: context.now - first.at };
  const path = ['features', resolvedText(NAME, options.featureId, context), 'properties'];
  const thingId = resolvedThingId(NAME, options.thingId, context);
  return [mergeCommand(thingId, path, properties, { [HOPS_HEADER]: formatHops(hops) })];
}

function hopsIn(payload: Uint8Array, timestamps: Options['timestamps']): readonly Hop[] {
  if (timestamps.length === 0) return [];
  const value = parseJson(decodeUtf8(payload));
  return timestamps.flatMap(({ name, pointer }) => {
    const at = isJsonObject(value) ? valueAt(value, pointer) : undefined;
    return at === undefined ? [] : [{ name, at: instantOf(name, at) }];
  });
}

function instantOf(name: string, value: JsonValue): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 1e14) return value;
  throw new MessageMappingFailed(NAME, `the time of '${name}' is not in milliseconds since 1970`);
}
