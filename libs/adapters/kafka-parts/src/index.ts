export { createKafka } from './create-kafka.js';
export { saslOf } from './sasl-of.js';
export type { KafkaLogin } from './sasl-of.js';
export { untilLed } from './until-led.js';
