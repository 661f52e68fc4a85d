import { accountFault, networkFault, parseError } from '@gemel/connector-parts';
import type { LinkFault } from '@gemel/connector-parts';

const UNKNOWN_TOPIC = 'UNKNOWN_TOPIC_OR_PARTITION';
/** Types of protocol errors after which only another configuration helps. */
const REFUSALS = new Set([
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'ILLEGAL_SASL_STATE',
  'GROUP_AUTHORIZATION_FAILED',
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'INVALID_GROUP_ID',
  'INVALID_SESSION_TIMEOUT',
  'INVALID_TOPIC_EXCEPTION',
  UNKNOWN_TOPIC,
]);
const SASL = 'KafkaJSSASLAuthenticationError';
/** After which the same message would be refused again, and why. */
const FINAL = new Map([
  ['MESSAGE_TOO_LARGE', 'it is too large for Kafka'],
  ['RECORD_LIST_TOO_LARGE', 'it is too large for Kafka'],
  ['INVALID_TOPIC_EXCEPTION', 'Kafka does not take the topic'],
  [UNKNOWN_TOPIC, 'Kafka has no such topic, and makes none'],
  ['TOPIC_AUTHORIZATION_FAILED', 'Kafka does not authorise it'],
  ['INVALID_RECORD', 'Kafka does not take the record'],
]);

/** @param topics that are consumed: Kafka does not say which of them it has not */
export function kafkaFault(error: unknown, topics: readonly string[] = []): LinkFault {
  const { type, name, cause } = innermost(error);
  const fault = networkFault(cause);
  if (type === UNKNOWN_TOPIC && topics.length > 0) {
    const among =
      topics.length === 1 ? `no topic '${topics.join()}'` : `not all of the topics '${topics.join("', '")}'`;
    return {
      state: 'misconfigured',
      detail: `Kafka has ${among}, and makes none; create what is missing, or correct the addresses of the sources`,
    };
  }
  if (name === SASL) return accountFault(fault.detail);
  return REFUSALS.has(type) ? { state: 'misconfigured', detail: fault.detail } : fault;
}

/** Undefined when it may be taken later. */
export function finalReason(error: unknown): string | undefined {
  return FINAL.get(innermost(error).type);
}

export function isUnknownTopic(error: unknown): boolean {
  return innermost(error).type === UNKNOWN_TOPIC;
}

/** kafkajs wraps what happened in how often it has tried. */
function innermost(error: unknown): { readonly type: string; readonly name: string; readonly cause: unknown } {
  let cause = error;
  for (let depth = 0; depth < 5; depth++) {
    const { cause: inner, errors } = parseParts(cause);
    const next: unknown = inner ?? errors;
    if (next === undefined) break;
    cause = next;
  }
  const { type, name } = parseParts(cause);
  const outer = parseParts(error);
  const isSasl = name === SASL || outer.name === SASL;
  return { type, name: isSasl ? SASL : name, cause: parseError(cause).message === '' ? error : cause };
}

interface Parts {
  readonly type: string;
  readonly name: string;
  readonly cause: unknown;
  readonly errors: unknown;
}

function parseParts(error: unknown): Parts {
  if (typeof error !== 'object' || error === null) return { type: '', name: '', cause: undefined, errors: undefined };
  const { type, name, cause, errors } = error as Record<string, unknown>;
  return {
    type: typeof type === 'string' ? type : '',
    name: typeof name === 'string' ? name : '',
    cause: typeof cause === 'object' && cause !== null ? cause : undefined,
    errors: Array.isArray(errors) ? errors[0] : undefined,
  };
}
