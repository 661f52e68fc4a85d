import kafkajs from 'kafkajs';
import type { Kafka, KafkaConfig } from 'kafkajs';
import { restWhileIdle } from './rest-while-idle.js';

/** As `new Kafka` of kafkajs; its connections take nothing while they idle. */
export function createKafka(config: KafkaConfig): Kafka {
  restWhileIdle();
  return new kafkajs.Kafka(config);
}
