import { headerText } from '../../headers/index.js';
import { isJsonObject, member, parsePointer } from '../../json/index.js';
import type { JsonObject } from '../../json/index.js';
import { contentForm, messageAddressAt, payloadContent } from '../../messages/index.js';
import { DITTO_PROTOCOL_CONTENT_TYPE } from '../../protocol/index.js';
import { dittoMapper } from '../ditto/index.js';
import { MessageMappingFailed } from '../errors.js';
import type { OutgoingMessage, OutgoingSignal } from '../payload-mapper.js';

/**
 * The payload of a message alone, with what says where it goes as headers; other signals as the Ditto mapper has them.
 * @param fallback content type of a message that has none
 * @throws MessageMappingFailed its bytes are not base64
 */
export function rawMessageOut(signal: OutgoingSignal, fallback: string): OutgoingMessage {
  const contentType = headerText(objectAt(signal.json, 'headers'), 'content-type') ?? fallback;
  const isMessage = signal.topic.criterion === 'messages';
  if (!isMessage || contentType.startsWith(DITTO_PROTOCOL_CONTENT_TYPE)) return dittoMessage(signal);
  return { headers: { ...addressOf(signal), 'content-type': contentType }, payload: contentOf(signal, contentType) };
}

function contentOf({ json }: OutgoingSignal, contentType: string): string | Uint8Array {
  const value = member(json, 'value');
  if (value === undefined) return '';
  if (contentForm(contentType) !== 'binary') return typeof value === 'string' ? value : JSON.stringify(value);
  const content = payloadContent(value, contentType);
  if (typeof content !== 'string') return content;
  throw new MessageMappingFailed('RawMessage', `a message of type '${contentType}' must be a text in Base64`);
}

function addressOf({ topic, json }: OutgoingSignal): Record<string, string> {
  const path = member(json, 'path');
  const address = messageAddressAt(typeof path === 'string' ? parsePointer(path) : []);
  const status = member(json, 'status');
  return {
    ...(address === undefined
      ? undefined
      : { 'ditto-message-direction': address.direction, 'ditto-message-subject': address.subject }),
    'ditto-message-thing-id': `${topic.namespace}:${topic.name}`,
    ...(address?.featureId === undefined ? undefined : { 'ditto-message-feature-id': address.featureId }),
    ...(typeof status === 'number' ? { status: String(status) } : undefined),
  };
}

function dittoMessage(signal: OutgoingSignal): OutgoingMessage {
  const [message] = dittoMapper.outgoing(signal);
  return message ?? { headers: {}, payload: '' };
}

function objectAt(json: JsonObject, name: string): JsonObject {
  const value = member(json, name);
  return isJsonObject(value) ? value : {};
}
