import { setTimeout as delay } from 'node:timers/promises';

const LED_WITHIN_MS = 20_000;
const PAUSE_MS = 20;

/** What is needed of an `Admin` of kafkajs. */
interface TopicAdmin<Topic> {
  createTopics(options: { topics: Topic[]; waitForLeaders: boolean }): Promise<unknown>;
  fetchTopicOffsets(topic: string): Promise<unknown>;
}

/** Makes topics; resolves when they are led. kafkajs's own wait gives up when a broker does not know a new one yet. */
export async function makeTopics<Topic extends { topic: string }>(
  admin: TopicAdmin<Topic>,
  ...topics: readonly Topic[]
): Promise<void> {
  await admin.createTopics({ topics: [...topics], waitForLeaders: false });
  for (const { topic } of topics) await untilLed(admin, topic);
}

async function untilLed(admin: Pick<TopicAdmin<never>, 'fetchTopicOffsets'>, topic: string): Promise<void> {
  const deadline = performance.now() + LED_WITHIN_MS;
  for (;;) {
    try {
      await admin.fetchTopicOffsets(topic);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(PAUSE_MS);
    }
  }
}
