import type { OutboundMessage } from '@gemel/application/ports';
import type { Aedes } from 'aedes';

/** Longest topic name, in bytes of UTF-8 [MQTT-1.5.3]. */
const MAX_TOPIC_BYTES = 65_535;

/** The address cannot be a topic name, for example since a thing's name holds `+` or `#`. */
export class TopicNameInvalid extends Error {
  override readonly name = 'TopicNameInvalid';

  constructor(topic: string) {
    super(`'${topic.slice(0, 128)}' cannot be an MQTT topic name`);
  }
}

/** Resolves when the broker has handed it to subscribers and sessions. @throws TopicNameInvalid */
export async function publishOn(aedes: Aedes, message: OutboundMessage): Promise<void> {
  const { address: topic, payload, qos } = message;
  if (!isTopicName(topic)) throw new TopicNameInvalid(topic);
  await new Promise<void>((resolve, reject) => {
    aedes.publish({ cmd: 'publish', topic, payload: Buffer.from(payload), qos, retain: false, dup: false }, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

function isTopicName(topic: string): boolean {
  // [MQTT-3.3.2-2], [MQTT-1.5.3-2]
  return topic !== '' && !/[+#\x00]/.test(topic) && Buffer.byteLength(topic) <= MAX_TOPIC_BYTES;
}
