import type { IHeaders, KafkaMessage } from 'kafkajs';

/** Headers of a record as Ditto names them; its own under their names in lower case. */
export function headersOf(topic: string, { key, timestamp, headers }: KafkaMessage): Record<string, string> {
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const lower = name.toLowerCase();
    if (value !== undefined && lower !== '__proto__') own[lower] = [value].flat().map(String).join(',');
  }
  own['kafka.topic'] = topic;
  own['kafka.timestamp'] = timestamp;
  if (key !== null) own['kafka.key'] = key.toString();
  return own;
}

/** Those about Kafka itself were of another record. */
export function outgoingHeaders(headers: Readonly<Record<string, string>>): IHeaders {
  const names = Object.keys(headers);
  // Of nearly every message.
  if (!names.some(isOfKafka)) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isOfKafka(name)));
}

function isOfKafka(name: string): boolean {
  return name.startsWith('kafka.');
}

/** Whether the sender gave the message a time that is over (Ditto: `creation-time` and `ttl`, in milliseconds). */
export function hasExpired(headers: Readonly<Record<string, string>>, now: number): boolean {
  const [created, ttl] = [Number(headers['creation-time']), Number(headers['ttl'])];
  return now - created > ttl;
}
