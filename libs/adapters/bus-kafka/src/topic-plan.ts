/** What a topic of events is like. */
export interface TopicPlan {
  /** At least as many as there are replicas that read: each partition has one reader of a name. @default 12 */
  readonly partitions: number;
  /** Copies of each event; -1 is the brokers' default. @default -1 */
  readonly replicationFactor: number;
  /** How long events are kept for readers that are away, in milliseconds. @default 7 days */
  readonly retentionMs: number;
  /**
   * Largest message, in bytes; also what one request may bring for a partition. A larger event is refused by Kafka and
   * holds the relay up until the topic allows it: nothing is skipped. @default 2 MiB
   */
  readonly maxMessageBytes: number;
  /** Processes that will read under one name, if known; only for a warning. */
  readonly replicas?: number;
}

const DAY_MS = 86_400_000;

export const TOPIC_PLAN: TopicPlan = {
  partitions: 12,
  replicationFactor: -1,
  retentionMs: 7 * DAY_MS,
  maxMessageBytes: 2 * 1_048_576,
};

/** The topic cannot hold events as it is; the message says how to change it. */
export class TopicUnsuitable extends Error {
  override readonly name = 'TopicUnsuitable';
}

/** A topic's settings as the broker reports them: `cleanup.policy`, `max.message.bytes`, `retention.ms`. */
export type TopicSettings = ReadonlyMap<string, string>;

/** The settings of a new topic. */
export function settingsOf(plan: TopicPlan): TopicSettings {
  const settings = new Map([
    ['cleanup.policy', 'delete'],
    ['retention.ms', String(plan.retentionMs)],
    ['max.message.bytes', String(plan.maxMessageBytes)],
  ]);
  // One copy may be away without stopping the relay.
  if (plan.replicationFactor > 1) settings.set('min.insync.replicas', String(plan.replicationFactor - 1));
  return settings;
}

/**
 * What an operator should know of a topic that is there.
 * @throws TopicUnsuitable events would be lost or refused
 */
export function checkTopic(
  topic: string,
  plan: TopicPlan,
  found: { readonly partitions: number; readonly settings: TopicSettings },
): readonly string[] {
  const { partitions, settings } = found;
  const alter = (setting: string) =>
    `Change it: kafka-configs.sh --bootstrap-server … --alter --entity-type topics --entity-name ${topic} --add-config ${setting}`;
  const policy = settings.get('cleanup.policy') ?? 'delete';
  if (policy.includes('compact')) {
    throw new TopicUnsuitable(
      `Topic '${topic}' has cleanup.policy=${policy}: Kafka would drop all but the last event of each thing. ${alter('cleanup.policy=delete')}`,
    );
  }
  const maxBytes = Number(settings.get('max.message.bytes') ?? plan.maxMessageBytes);
  if (maxBytes < plan.maxMessageBytes) {
    throw new TopicUnsuitable(
      `Topic '${topic}' takes messages of ${maxBytes} bytes at most, less than the ${plan.maxMessageBytes} needed. ${alter(`max.message.bytes=${plan.maxMessageBytes}`)}`,
    );
  }
  const warnings: string[] = [];
  const retentionMs = Number(settings.get('retention.ms') ?? plan.retentionMs);
  if (retentionMs >= 0 && retentionMs < plan.retentionMs) {
    warnings.push('the topic keeps events for a shorter time than asked for: a reader that is away longer misses some');
  }
  if (partitions < (plan.replicas ?? 0)) {
    warnings.push('the topic has fewer partitions than there are replicas: some will have nothing to read');
  }
  return warnings;
}
