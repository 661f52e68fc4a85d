import type { Admin, ITopicConfig } from 'kafkajs';
import { eventually } from '@gemel/testkit/waiting';

const LED_WITHIN_MS = 20_000;

/** Makes topics; resolves when they are led. kafkajs's own wait gives up when a broker does not know a new one yet. */
export async function makeTopics(admin: Admin, ...topics: readonly ITopicConfig[]): Promise<void> {
  await admin.createTopics({ topics: [...topics], waitForLeaders: false });
  for (const { topic } of topics) {
    await eventually(
      () =>
        admin.fetchTopicOffsets(topic).then(
          () => true,
          () => false,
        ),
      (isLed) => isLed,
      LED_WITHIN_MS,
    );
  }
}
