import type { Logger } from '@gemel/application/ports';
import { untilLed } from '@gemel/kafka-parts';
import kafkajs from 'kafkajs';
import type { Admin } from 'kafkajs';
import { TopicUnsuitable, checkTopic, settingsOf } from './topic-plan.js';
import type { TopicPlan, TopicSettings } from './topic-plan.js';

/**
 * Makes the topic, or checks the one that is there; several replicas may do so at once. Answers how many partitions it has.
 * @throws TopicUnsuitable the topic cannot be used or made as it is configured
 */
export async function prepareTopic(admin: Admin, topic: string, plan: TopicPlan, log: Logger): Promise<number> {
  const topics = await admin.listTopics();
  if (!topics.includes(topic)) await create(admin, topic, plan, log);
  await untilLed(admin, topic);
  const found = { partitions: await partitionsOf(admin, topic), settings: await readSettings(admin, topic) };
  for (const warning of checkTopic(topic, plan, found)) log.warn({ topic, partitions: found.partitions }, warning);
  return found.partitions;
}

async function create(admin: Admin, topic: string, plan: TopicPlan, log: Logger): Promise<void> {
  const { partitions, replicationFactor } = plan;
  const configEntries = [...settingsOf(plan)].map(([name, value]) => ({ name, value }));
  const wanted = { topic, numPartitions: partitions, replicationFactor, configEntries };
  try {
    const isNew = await admin.createTopics({ topics: [wanted], waitForLeaders: false });
    if (isNew) log.info({ topic, partitions, replicationFactor }, 'made the topic of events');
  } catch (error) {
    const reason = refusalOf(error);
    if (reason === undefined) throw error;
    throw new TopicUnsuitable(`Topic '${topic}' is missing and cannot be made: ${reason}`, { cause: error });
  }
}

/** What to do about a refusal that no second try changes. */
function refusalOf(error: unknown): string | undefined {
  for (const type of typesIn(error)) {
    switch (type) {
      case 'INVALID_REPLICATION_FACTOR':
        return 'there are fewer brokers than the replication factor asks for. Lower it, or start more brokers.';
      case 'TOPIC_AUTHORIZATION_FAILED':
      case 'CLUSTER_AUTHORIZATION_FAILED':
        return 'this user may not make topics. Make it by hand, or allow the user to.';
      case 'INVALID_TOPIC_EXCEPTION':
        return 'the name is no topic name: letters, digits, dots, hyphens and underscores, 249 at most.';
      case 'POLICY_VIOLATION':
      case 'INVALID_CONFIG':
        return 'the brokers refuse its settings. Make it by hand.';
    }
  }
  return undefined;
}

function typesIn(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const type = 'type' in error && typeof error.type === 'string' ? [error.type] : [];
  const parts: readonly unknown[] = 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  return [...type, ...parts.flatMap(typesIn), ...typesIn(error.cause)];
}

async function partitionsOf(admin: Admin, topic: string): Promise<number> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  return topics[0]?.partitions.length ?? 0;
}

async function readSettings(admin: Admin, topic: string): Promise<TopicSettings> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [
      {
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: topic,
        configNames: ['cleanup.policy', 'max.message.bytes', 'retention.ms'],
      },
    ],
  });
  const entries = resources.flatMap(({ configEntries }) => configEntries);
  return new Map(entries.map(({ configName, configValue }) => [configName, configValue]));
}
