import { GemelError } from '../../errors/index.js';
import { nameOf, namespaceOf, parseThingId } from '../../ids/index.js';
import { parseTemplate, resolveTemplate } from '../../placeholders/index.js';
import type { PlaceholderContext, Template } from '../../placeholders/index.js';
import type { JsonPointer, JsonValue } from '../../json/index.js';
import type { Envelope } from '../../protocol/index.js';
import { formatInstant } from '../../time/index.js';
import type { OptionsReader } from '../options-reader.js';
import type { ConfiguredMapper, IncomingMessage } from '../payload-mapper.js';

const DEFINITION = 'org.eclipse.ditto:ConnectionStatus:1.0.0';
/** Of a device that stays until it says otherwise. */
const DISTANT_FUTURE = '9999-12-31T23:59:59Z';

interface Options {
  readonly thingId: Template;
  readonly featureId: Template;
}

/**
 * Writes into a feature until when a device is there, by the headers `creation-time` (ms since 1970) and `ttd` (seconds;
 * 0 means gone, -1 stays) of Hono's notifications. What has no such headers maps to nothing, whatever is wrong with it.
 */
export function readConnectionStatusMapper(reader: OptionsReader): ConfiguredMapper {
  const thingId = reader.parsed(
    'thingId',
    reader.text('thingId', 'the id of a thing, with placeholders if need be'),
    readThingId,
  );
  const featureId = reader.parsed('featureId', reader.optionalText('featureId') ?? 'ConnectionStatus', parseTemplate);
  return {
    kind: 'mapper',
    mapper: {
      incoming: (message, context) => {
        const command = thingId && featureId && commandOf(message, context, { thingId, featureId });
        return command === undefined ? [] : [command];
      },
    },
  };
}

function readThingId(text: string): Template {
  if (!text.includes('{{')) parseThingId(text);
  return parseTemplate(text);
}

function commandOf({ headers }: IncomingMessage, context: PlaceholderContext, options: Options): Envelope | undefined {
  const created = integer(headers['creation-time']);
  const ttd = integer(headers['ttd']);
  const [thingId, featureId] = [text(options.thingId, context), text(options.featureId, context)];
  if (created === undefined || created < 0 || ttd === undefined || ttd < -1) return undefined;
  if (thingId === undefined || featureId === undefined || !isThingId(thingId)) return undefined;
  const feature = ['features', featureId];
  if (ttd === 0) return modify(thingId, [...feature, 'properties', 'status', 'readyUntil'], formatInstant(created));
  const readyUntil = ttd === -1 ? DISTANT_FUTURE : formatInstant(created + ttd * 1_000);
  return modify(thingId, feature, {
    definition: [DEFINITION],
    properties: { status: { readySince: formatInstant(created), readyUntil } },
  });
}

function modify(thingId: string, path: JsonPointer, value: JsonValue): Envelope {
  const [namespace, name] = [namespaceOf(parseThingId(thingId)), nameOf(parseThingId(thingId))];
  return {
    topic: { namespace, name, group: 'things', channel: 'twin', criterion: 'commands', action: 'modify' },
    headers: { 'response-required': false, 'requested-acks': [] },
    path,
    value,
  };
}

function text(template: Template, context: PlaceholderContext): string | undefined {
  const resolution = resolveTemplate(template, context);
  return resolution.kind === 'resolved' ? resolution.values[0] : undefined;
}

/** Up to the year 9999, which is where ISO 8601 ends. */
function integer(value: string | undefined): number | undefined {
  return value !== undefined && /^-?\d{1,14}$/.test(value) ? Number(value) : undefined;
}

function isThingId(id: string): boolean {
  try {
    parseThingId(id);
    return true;
  } catch (error) {
    if (error instanceof GemelError) return false;
    throw error;
  }
}
