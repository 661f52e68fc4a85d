import type { Logger } from '@gemel/application/ports';
import type { LogEntry } from 'kafkajs';
import { logLevel } from 'kafkajs';

/** Whose errors are news: those of connections come with each attempt, and who attempts it reports them once. */
const HEARD = new Set(['Producer', 'Runner', 'ConsumerGroup']);
/** kafkajs has moved a group past events that were deleted before it read them. */
const LOST = 'Offset out of range';

/** Passes on what kafkajs says, at our levels: it cries error and warn at what it heals itself, and at scaling. */
export function kafkaLog(log: Logger): () => (entry: LogEntry) => void {
  return () => (entry) => {
    const { message } = entry.log;
    const fields = { part: entry.namespace, ...chosen(entry.log) };
    if (entry.level !== logLevel.ERROR) log.debug(fields, message);
    else if (message.startsWith(LOST)) {
      log.error(fields, 'Kafka deleted events before they were read: keep them longer (retention.ms of the topic)');
    } else if (HEARD.has(entry.namespace)) log.warn(fields, `Kafka: ${message}`);
    else log.debug(fields, message);
  };
}

function chosen(entry: LogEntry['log']): Record<string, unknown> {
  const names = ['broker', 'groupId', 'topic', 'partition', 'error', 'retryCount'];
  return Object.fromEntries(names.filter((name) => name in entry).map((name) => [name, entry[name]]));
}
