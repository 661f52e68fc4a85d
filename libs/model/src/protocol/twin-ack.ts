import { customLabels, headerText } from '../headers/index.js';
import { parseThingId } from '../ids/index.js';
import type { ThingId } from '../ids/index.js';
import type { Envelope } from './envelope.js';
import { AckCorrelationMissing, AckLabelForbidden, EnvelopeInconsistent, SignalUnsupported } from './errors.js';
import { formatTopic } from './topic.js';

/** A subscriber's acknowledgement of a change of a thing. */
export interface TwinAck {
  readonly thingId: ThingId;
  /** Of the change. */
  readonly correlationId: string;
  readonly label: string;
  readonly status: number;
  readonly envelope: Envelope;
}

/** Whether a message acknowledges a change of a twin. */
export function isTwinAck({ topic }: Envelope): boolean {
  return topic.group === 'things' && topic.channel === 'twin' && topic.criterion === 'acks';
}

/**
 * @throws SignalUnsupported it is none, or one of several labels together @throws ThingIdInvalid @throws EnvelopeInconsistent
 * @throws AckCorrelationMissing @throws AckLabelForbidden for labels that Gemel issues itself
 */
export function twinAckOf(envelope: Envelope): TwinAck {
  const { topic, headers, status } = envelope;
  const label = topic.group === 'things' && topic.criterion === 'acks' ? topic.label : undefined;
  if (!isTwinAck(envelope) || label === undefined) throw new SignalUnsupported(formatTopic(topic));
  const thingId = parseThingId(`${topic.namespace}:${topic.name}`);
  const correlationId = headerText(headers, 'correlation-id');
  if (correlationId === undefined || correlationId === '') throw new AckCorrelationMissing();
  if (customLabels([label]).length === 0) throw new AckLabelForbidden(label);
  if (status === undefined || status < 100 || status > 599)
    throw new EnvelopeInconsistent('an acknowledgement needs an HTTP status');
  return { thingId, correlationId, label, status, envelope };
}
