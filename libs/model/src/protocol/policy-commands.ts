import { parsePolicyId } from '../ids/index.js';
import { JsonFieldMissing, JsonInvalid, isJsonObject } from '../json/index.js';
import type { JsonValue } from '../json/index.js';
import type { PolicyCommand } from '../policies/index.js';
import type { Envelope } from './envelope.js';
import { EnvelopeInconsistent, SignalUnsupported } from './errors.js';
import { formatTopic } from './topic.js';

/**
 * The command that a message asks of one policy.
 * @throws SignalUnsupported it is no such command
 * @throws PolicyIdInvalid @throws JsonFieldMissing @throws EnvelopeInconsistent @throws JsonInvalid
 */
export function policyCommandOf(envelope: Envelope): PolicyCommand {
  const { topic, path, fields } = envelope;
  if (topic.group !== 'policies' || topic.criterion !== 'commands' || 'status' in envelope)
    throw new SignalUnsupported(formatTopic(topic));
  const { action } = topic;
  if (action === 'checkPermissions') throw new SignalUnsupported(formatTopic(topic));
  const policyId = parsePolicyId(`${topic.namespace}:${topic.name}`);
  switch (action) {
    case 'create': {
      if (path.length > 0) throw new EnvelopeInconsistent("a create command has the path '/'");
      const value = requiredValue(envelope);
      if (!isJsonObject(value)) throw new JsonInvalid("'value' is not an object");
      return { kind: 'create', policyId, value };
    }
    case 'modify':
      return { kind: 'modify', policyId, path, value: requiredValue(envelope) };
    case 'delete':
      return { kind: 'delete', policyId, path };
    case 'retrieve':
      return { kind: 'retrieve', policyId, path, fields };
  }
}

function requiredValue({ value }: Envelope): JsonValue {
  if (value === undefined) throw new JsonFieldMissing('value');
  return value;
}
