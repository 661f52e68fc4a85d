import { MessageRefused, PUBLISHED } from '@gemel/application/ports';
import type { OutboundMessage, PublishOutcome } from '@gemel/application/ports';
import { topicNameFault } from '@gemel/model/connections';

import type { Distribution } from './distribution.js';

/** Resolves when the broker has handed it to subscribers, and to sessions, which keep it. @throws MessageRefused the address cannot be a topic name, for example since a thing's name holds `+` or `#` */
export async function publishOn(distribution: Distribution, message: OutboundMessage): Promise<PublishOutcome> {
  const { address: topic, payload, qos } = message;
  const fault = topicNameFault(topic);
  if (fault !== undefined) throw new MessageRefused(topic, fault);
  await distribution.distribute({
    cmd: 'publish',
    topic,
    payload: Buffer.from(payload),
    qos,
    retain: false,
    dup: false,
  });
  return PUBLISHED;
}
