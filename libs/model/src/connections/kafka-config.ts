import type { Template } from '../placeholders/index.js';
import type { ConfigReader } from './config-reader.js';
import type { ConnectionUri } from './connection-uri.js';

/** The `specificConfig` of Kafka connections (Ditto: connectivity-protocol-bindings-kafka2). */
export interface KafkaConfig {
  /** `host:port`, the one of the URI first; each once. */
  readonly bootstrapServers: readonly string[];
  /** How user and password of the URI are shown to the brokers. */
  readonly saslMechanism: SaslMechanism;
  readonly groupId: string;
  /** Whether an acknowledgement tells where the message has come to lie. */
  readonly debugEnabled: boolean;
  /** Where a group begins that has committed nothing. */
  readonly offsetReset: 'earliest' | 'latest';
}

export type SaslMechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512';

/** An address of a target, resolved: `topic`, `topic/key` or `topic#partition`. */
export interface KafkaAddress {
  readonly topic: string;
  readonly key: string | undefined;
  readonly partition: number | undefined;
}

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const SERVER = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]):(\d{1,5})$/i;
/** Legal names of topics, of Kafka itself. */
const TOPIC = /^[a-zA-Z0-9._-]{1,249}$/;
const PARTITION = /^\d{1,9}$/;
const TOPIC_FAULT = 'must be a Kafka topic: 1 to 249 letters, digits, dots, underscores and hyphens, not . or ..';

export function readKafkaConfig(connectionId: string, uri: ConnectionUri, reader: ConfigReader): KafkaConfig {
  const servers = reader.text('bootstrapServers', 'a list of host:port, separated by commas').split(',');
  const names = servers.map((server) => server.trim()).filter((server, index) => server !== '' || index > 0);
  if (!names.every(isServer)) reader.fault('bootstrapServers', 'must be a list of host:port, separated by commas');
  const own = `${uri.host.includes(':') ? `[${uri.host}]` : uri.host}:${uri.port}`;
  return {
    bootstrapServers: [...new Set([own, ...names])],
    saslMechanism: readWord(reader, 'saslMechanism', MECHANISMS, 'plain'),
    groupId: reader.optionalText('groupId') ?? connectionId,
    debugEnabled: reader.boolean('debugEnabled', false),
    offsetReset: readWord(reader, 'consumerOffsetReset', ['latest', 'earliest'], 'latest'),
  };
}

/** What is wrong with the address of a source; undefined when nothing is. */
export function kafkaTopicFault(address: string): string | undefined {
  return isKafkaTopic(address) ? undefined : TOPIC_FAULT;
}

/** What is wrong with the address of a target, as far as can be told before its placeholders are resolved. */
export function kafkaTargetFault({ text }: Template): string | undefined {
  // A digit may stand for a part of each: topic, key, partition.
  const address = parseKafkaAddress(text.replaceAll(/\{\{.*?\}\}/gs, '3'));
  return typeof address === 'string' ? address : undefined;
}

/** What is wrong is told as a text that goes on from the address. */
export function parseKafkaAddress(text: string): KafkaAddress | string {
  const [, topic = text, separator, rest = ''] = /^([^/#]*)([/#])(.*)$/s.exec(text) ?? [];
  if (!isKafkaTopic(topic)) return TOPIC_FAULT;
  if (separator === undefined) return { topic, key: undefined, partition: undefined };
  if (separator === '/') {
    return rest === '' ? 'must have a key behind its slash' : { topic, key: rest, partition: undefined };
  }
  return PARTITION.test(rest)
    ? { topic, key: undefined, partition: Number(rest) }
    : 'must have the number of a partition behind its #';
}

function isKafkaTopic(text: string): boolean {
  return TOPIC.test(text) && text !== '.' && text !== '..';
}

function isServer(text: string): boolean {
  const port = Number(SERVER.exec(text)?.[1]);
  return port >= 1 && port <= 65_535;
}

/** Upper or lower case, as Ditto takes them. */
function readWord<Word extends string>(
  reader: ConfigReader,
  name: string,
  words: readonly [Word, ...Word[]],
  otherwise: Word,
): Word {
  const text = reader.optionalText(name)?.toLowerCase();
  const word = words.find((each) => each === (text ?? otherwise));
  if (word === undefined) reader.fault(name, `must be one of ${words.join(', ')}`);
  return word ?? otherwise;
}
