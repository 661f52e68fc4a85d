import { parseThingId } from '../ids/index.js';
import type { ThingId } from '../ids/index.js';
import { JsonFieldMissing, JsonInvalid, isJsonObject } from '../json/index.js';
import type { JsonValue } from '../json/index.js';
import type { ThingCommand } from '../things/index.js';
import type { Envelope } from './envelope.js';
import { EnvelopeInconsistent, SignalUnsupported } from './errors.js';
import { formatTopic } from './topic.js';

/**
 * The command that a message asks of one thing's twin.
 * @throws SignalUnsupported it is no such command: a response, an event, the live channel, a retrieve of many things
 * @throws ThingIdInvalid @throws JsonFieldMissing @throws EnvelopeInconsistent @throws JsonInvalid
 */
export function thingCommandOf(envelope: Envelope): ThingCommand {
  const { topic, path } = envelope;
  if (topic.group !== 'things' || topic.criterion !== 'commands' || topic.channel !== 'twin' || 'status' in envelope) {
    throw new SignalUnsupported(formatTopic(topic));
  }
  const { action } = topic;
  const retrievesMany = action === 'retrieve' && topic.name === '_';
  if (retrievesMany || action === 'migrate') throw new SignalUnsupported(formatTopic(topic));
  const thingId = parseThingId(`${topic.namespace}:${topic.name}`);
  switch (action) {
    case 'create':
      return createThing(thingId, envelope);
    case 'modify':
    case 'merge':
      return { kind: action, thingId, path, value: requiredValue(envelope) };
    case 'delete':
      return { kind: action, thingId, path };
    case 'retrieve':
      return { kind: action, thingId, path, fields: envelope.fields };
  }
}

function createThing(thingId: ThingId, envelope: Envelope): ThingCommand {
  if (envelope.path.length > 0) throw new EnvelopeInconsistent("a create command has the path '/'");
  const value = requiredValue(envelope);
  if (!isJsonObject(value)) throw new JsonInvalid("'value' is not an object");
  return { kind: 'create', thingId, value };
}

function requiredValue(envelope: Envelope): JsonValue {
  if (envelope.value === undefined) throw new JsonFieldMissing('value');
  return envelope.value;
}
