import { nameOf, namespaceOf, parseThingId } from '../../ids/index.js';
import { messagePath, parseSubject, payloadValue } from '../../messages/index.js';
import { resolveTemplate } from '../../placeholders/index.js';
import type { PlaceholderContext, Template } from '../../placeholders/index.js';
import { DITTO_PROTOCOL_CONTENT_TYPE } from '../../protocol/index.js';
import type { Envelope } from '../../protocol/index.js';
import { dittoMapper } from '../ditto/index.js';
import { MessageMappingFailed } from '../errors.js';
import type { IncomingMessage } from '../payload-mapper.js';

const NAME = 'RawMessage';

/**
 * A message to or from a thing, or the answer to one when it has a status.
 * @param headers templates of the message's headers, by their names in lower case
 * @throws MessageMappingFailed nothing says where it goes @throws ThingIdInvalid, MessageSubjectInvalid, JsonInvalid
 */
export function rawMessageIn(
  message: IncomingMessage,
  context: PlaceholderContext,
  headers: ReadonlyMap<string, Template>,
): Envelope {
  const contentType = required('content-type', headers, context);
  if (contentType.split(';', 1)[0]?.trim().toLowerCase() === DITTO_PROTOCOL_CONTENT_TYPE) {
    const [envelope] = dittoMapper.incoming(message);
    if (envelope !== undefined) return envelope;
  }
  const thingId = parseThingId(required('ditto-message-thing-id', headers, context));
  const subject = parseSubject(required('ditto-message-subject', headers, context));
  const featureId = resolved('ditto-message-feature-id', headers, context);
  const status = statusOf(resolved('status', headers, context));
  return {
    topic: {
      namespace: namespaceOf(thingId),
      name: nameOf(thingId),
      group: 'things',
      channel: 'live',
      criterion: 'messages',
      subject,
    },
    headers: { 'content-type': contentType },
    path: messagePath({ direction: directionOf(headers, context), featureId, subject }),
    ...(message.payload.length === 0 ? undefined : { value: payloadValue(message.payload, contentType) }),
    ...(status === undefined ? undefined : { status }),
  };
}

function directionOf(headers: ReadonlyMap<string, Template>, context: PlaceholderContext): 'TO' | 'FROM' {
  const text = resolved('ditto-message-direction', headers, context) ?? 'TO';
  const direction = (['TO', 'FROM'] as const).find((known) => known === text.toUpperCase());
  if (direction === undefined) throw new MessageMappingFailed(NAME, `'${text.slice(0, 64)}' is neither TO nor FROM`);
  return direction;
}

function statusOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const status = /^[1-5]\d\d$/.test(text) ? Number(text) : undefined;
  if (status === undefined) throw new MessageMappingFailed(NAME, `'${text.slice(0, 64)}' is no status`);
  return status;
}

function required(name: string, headers: ReadonlyMap<string, Template>, context: PlaceholderContext): string {
  const text = resolved(name, headers, context);
  if (text === undefined) throw new MessageMappingFailed(NAME, `its '${name}' does not resolve`);
  return text;
}

function resolved(
  name: string,
  headers: ReadonlyMap<string, Template>,
  context: PlaceholderContext,
): string | undefined {
  const template = headers.get(name);
  const resolution = template && resolveTemplate(template, context);
  return resolution?.kind === 'resolved' ? resolution.values[0] : undefined;
}
