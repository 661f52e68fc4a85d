import { setTimeout as pause } from 'node:timers/promises';
import type { Consumer, IHeaders, Kafka } from 'kafkajs';
import type { Received } from './broker.js';

/** A consumer that leaves waits for its fetch to end, which is five seconds by default when nothing comes. */
export const FETCH_MS = 200;

export interface TopicRecords {
  /** What came on the topic, from its beginning; grows. */
  readonly received: Received[];
  /** To be disconnected in the end. */
  readonly consumer: Consumer;
}

/** Reads a topic as somebody else than Gemel does. @param pauseMs how long it takes for one record */
export async function recordsOf(kafka: Kafka, topic: string, pauseMs = 0): Promise<TopicRecords> {
  const received: Received[] = [];
  const consumer = kafka.consumer({ groupId: `${topic}-others`, maxWaitTimeInMs: FETCH_MS });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message: { key, value, headers = {} } }) => {
      const address = `${topic}/${key?.toString() ?? ''}`;
      if (pauseMs > 0) await pause(pauseMs);
      received.push({ address, payload: value ?? Buffer.alloc(0), headers: headersOf(headers) });
    },
  });
  return { received, consumer };
}

function headersOf(headers: IHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
