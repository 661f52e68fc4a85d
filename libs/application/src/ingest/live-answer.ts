import { LIVE_RESPONSE, headerValue, withoutInternalHeaders } from '@gemel/model/headers';
import { AcknowledgementTimeout } from '@gemel/model/messages';
import { formatEnvelope } from '@gemel/model/protocol';
import type { Envelope } from '@gemel/model/protocol';
import type { Ack } from '../acks/index.js';
import type { LiveOutcome } from '../messages/index.js';
import { acknowledgementsTo } from './answer.js';
import type { Answer } from './answer.js';

/** What the sender of a live message or command is told: the answer itself, or the acknowledgements that it asked for. */
export function liveAnswerTo(command: Envelope, outcome: LiveOutcome): Answer {
  const { labels, received } = outcome;
  const [only] = labels;
  const answer = labels.length === 1 && only === LIVE_RESPONSE ? received.get(only) : undefined;
  if (answer === undefined) return acknowledgementsTo(command, acksOf(outcome));
  const { kind, status, envelope } = answer;
  const { topic, path, value } = envelope;
  const headers = {
    ...withoutInternalHeaders(envelope.headers),
    'correlation-id': headerValue(command.headers, 'correlation-id') ?? '',
  };
  const json = formatEnvelope({ topic, headers, path, ...(value === undefined ? undefined : { value }), status });
  return { type: kind === 'error' ? 'error' : 'response', topic, json };
}

/** In the order in which they were asked for; what is missing has failed with 408. */
export function acksOf({ labels, received, timeoutMs }: LiveOutcome): readonly Ack[] {
  return labels.map((label) => {
    const answer = received.get(label);
    if (answer === undefined) {
      const error = new AcknowledgementTimeout(timeoutMs);
      return { label, status: error.status, payload: { ...error.toJson() }, headers: {} };
    }
    const { status, envelope } = answer;
    const headers = withoutInternalHeaders(envelope.headers);
    return { label, status, headers, ...(envelope.value === undefined ? undefined : { payload: envelope.value }) };
  });
}
