import { MessageRefused, PUBLISHED } from '@gemel/application/ports';
import type { OutboundMessage, PublishOutcome } from '@gemel/application/ports';
import { isTopicName } from '@gemel/model/connections';
import type { Aedes } from 'aedes';

/** Resolves when the broker has handed it to subscribers and sessions. @throws MessageRefused the address cannot be a topic name, for example since a thing's name holds `+` or `#` */
export async function publishOn(aedes: Aedes, message: OutboundMessage): Promise<PublishOutcome> {
  const { address: topic, payload, qos } = message;
  if (!isTopicName(topic)) throw new MessageRefused(topic, 'it cannot be an MQTT topic name');
  await new Promise<void>((resolve, reject) => {
    aedes.publish({ cmd: 'publish', topic, payload: Buffer.from(payload), qos, retain: false, dup: false }, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
  return PUBLISHED;
}
