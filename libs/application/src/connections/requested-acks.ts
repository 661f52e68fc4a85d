import type { AcknowledgementRequests } from '@gemel/model/connections';
import { headerText, parseRequestedAcks } from '@gemel/model/headers';
import { holds } from '@gemel/model/placeholders';
import type { PlaceholderContext } from '@gemel/model/placeholders';
import type { Envelope } from '@gemel/model/protocol';

/**
 * What a source asks for, besides what the signal asks for itself; a signal that asks for none by an empty list is left
 * alone, and where the filter does not hold nothing at all is asked for (Ditto, "Acknowledgements: via connections").
 * @throws HeaderInvalid
 */
export function withRequestedAcks(
  envelope: Envelope,
  { includes, filter }: AcknowledgementRequests,
  context: PlaceholderContext,
): Envelope {
  if (!canBeAcknowledged(envelope)) return envelope;
  const requested = parseRequestedAcks(headerText(envelope.headers, 'requested-acks'));
  if (filter !== undefined && !holds(filter, context)) return withLabels(envelope, []);
  if (includes.length === 0 || requested?.length === 0) return envelope;
  return withLabels(envelope, [...new Set([...(requested ?? []), ...includes])]);
}

/** Changes of twins, live commands and messages; neither answers nor events. */
function canBeAcknowledged({ topic, status }: Envelope): boolean {
  if (topic.group !== 'things' || status !== undefined) return false;
  if (topic.criterion === 'messages') return true;
  return topic.criterion === 'commands' && (topic.channel === 'live' || topic.action !== 'retrieve');
}

function withLabels(envelope: Envelope, labels: readonly string[]): Envelope {
  const others = Object.entries(envelope.headers).filter(([name]) => name.toLowerCase() !== 'requested-acks');
  return { ...envelope, headers: { ...Object.fromEntries(others), 'requested-acks': labels } };
}
