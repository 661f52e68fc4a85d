import { setTimeout as delay } from 'node:timers/promises';
import type { Admin } from 'kafkajs';

const LED_WITHIN_MS = 20_000;
const LOOK_MS = 50;

/**
 * Resolves when all partitions of a topic are led: the brokers learn one after the other that they lead one of a new topic.
 * `waitForLeaders` of kafkajs gives up when one does not know the topic yet. @throws kafkajs's error after 20 seconds
 */
export async function untilLed(admin: Admin, topic: string): Promise<void> {
  const deadline = performance.now() + LED_WITHIN_MS;
  for (;;) {
    try {
      await admin.fetchTopicOffsets(topic);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(LOOK_MS);
    }
  }
}
