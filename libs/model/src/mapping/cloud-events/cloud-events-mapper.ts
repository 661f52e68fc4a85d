import { dittoPayloadOf, parseCloudEvent } from '../../cloudevents/index.js';
import { GemelError } from '../../errors/index.js';
import { headerText } from '../../headers/index.js';
import { isJsonObject, member, parseJson } from '../../json/index.js';
import type { JsonObject } from '../../json/index.js';
import type { PlaceholderContext } from '../../placeholders/index.js';
import { DITTO_PROTOCOL_CONTENT_TYPE, formatTopic, parseEnvelope } from '../../protocol/index.js';
import type { Envelope } from '../../protocol/index.js';
import { formatInstant } from '../../time/index.js';
import { MessageMappingFailed } from '../errors.js';
import type { OptionsReader } from '../options-reader.js';
import type { ConfiguredMapper, IncomingMessage, OutgoingMessage, OutgoingSignal } from '../payload-mapper.js';
import { decodeUtf8 } from '../utf8.js';

const STRUCTURED = 'application/cloudevents+json';
const SOURCE = 'https://github.com/eclipse-ditto/ditto';
const TYPE = 'org.eclipse.ditto.outbound';

/** CloudEvents 1.0 with Ditto Protocol messages in them: in, binary and structured ones; out, structured ones. No options. */
export function readCloudEventsMapper(_reader: OptionsReader): ConfiguredMapper {
  return { kind: 'mapper', mapper: { incoming, outgoing } };
}

/** What has another content type is no business of this mapper; the id of the event is the correlation id. */
function incoming(message: IncomingMessage): readonly Envelope[] {
  const type = message.headers['content-type']?.split(';', 1)[0]?.trim();
  if (type !== STRUCTURED && type !== DITTO_PROTOCOL_CONTENT_TYPE) return [];
  const body = decodeUtf8(message.payload);
  const envelope = parseEnvelope(parseJson(dataOf(message, body)));
  const id = type === STRUCTURED ? idIn(body) : message.headers['ce-id'];
  return [id === undefined ? envelope : { ...envelope, headers: { ...envelope.headers, 'correlation-id': id } }];
}

/** @throws MessageMappingFailed */
function dataOf({ headers }: IncomingMessage, body: string): string {
  try {
    const event = parseCloudEvent({ header: (name) => headers[name], body });
    // A structured event need not say what its data is.
    return dittoPayloadOf({ ...event, dataContentType: event.dataContentType ?? DITTO_PROTOCOL_CONTENT_TYPE });
  } catch (error) {
    if (!(error instanceof GemelError)) throw error;
    throw new MessageMappingFailed('CloudEvents', error.message.replace(/\.$/, ''));
  }
}

function idIn(body: string): string | undefined {
  const event = parseJson(body);
  const id = isJsonObject(event) ? member(event, 'id') : undefined;
  return typeof id === 'string' ? id : undefined;
}

function outgoing({ topic, json }: OutgoingSignal, { now }: PlaceholderContext): readonly OutgoingMessage[] {
  const { namespace, name } = topic;
  const timestamp = member(json, 'timestamp');
  const time = typeof timestamp === 'string' ? timestamp : now === undefined ? undefined : formatInstant(now);
  const event = {
    specversion: '1.0',
    id: headerText(headersOf(json), 'correlation-id') ?? `${namespace}:${name}@${time ?? ''}`,
    source: SOURCE,
    type: `${TYPE}:${formatTopic(topic).split('/').slice(2).join('/')}`,
    datacontenttype: DITTO_PROTOCOL_CONTENT_TYPE,
    ...(time === undefined ? undefined : { time }),
    subject: `${namespace}:${name}`,
    data: json,
  };
  return [{ headers: { 'content-type': STRUCTURED }, payload: JSON.stringify(event) }];
}

function headersOf(json: JsonObject): JsonObject {
  const headers = member(json, 'headers');
  return isJsonObject(headers) ? headers : {};
}
