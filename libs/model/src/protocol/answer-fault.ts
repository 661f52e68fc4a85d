import { GemelError } from '../errors/index.js';
import { headerText } from '../headers/index.js';
import { formatPointer } from '../json/index.js';
import { CLAIM, messageAddressAt } from '../messages/index.js';
import { thingResourceAt } from '../things/index.js';
import type { LiveAnswer, LiveSignal } from './live-signals.js';

/**
 * Why an answer is none to the signal, undefined when it is one. Errors and acknowledgements answer
 * anything. A response to a message may come on the inbox's path or the outbox's.
 */
export function answerFault(signal: LiveSignal, answer: LiveAnswer): string | undefined {
  const [asked, given] = [correlationId(signal), correlationId(answer)];
  if (asked !== given) {
    return `it has the correlation ID '${String(given)}', not '${String(asked)}'.`;
  }
  const [type, answerType] = [typeOf(signal), typeOf(answer)];
  if (answer.kind === 'response' && type !== answerType) {
    const [domain, askedDomain] = [domainOf(answer), domainOf(signal)];
    const given = `${domain}.responses:${domain === 'messages' ? `${answerType}ResponseMessage` : answerType}`;
    const asked = `${askedDomain}.commands:${askedDomain === 'messages' ? `${type}Message` : type}`;
    return `it is a ${given}, which answers no ${asked}.`;
  }
  if (signal.thingId !== answer.thingId) {
    return `it is of the Thing '${answer.thingId}', not '${signal.thingId}'.`;
  }
  const [path, answerPath] = [formatPointer(signal.envelope.path), formatPointer(answer.envelope.path)];
  if (signal.kind === 'command' && answer.kind === 'response' && path !== answerPath) {
    return `it has the path '${answerPath}', not '${path}'.`;
  }
  return undefined;
}

function correlationId({ envelope }: LiveSignal | LiveAnswer): string | undefined {
  return headerText(envelope.headers, 'correlation-id');
}

function domainOf({ envelope }: LiveSignal | LiveAnswer): 'messages' | 'things' {
  return envelope.topic.criterion === 'messages' ? 'messages' : 'things';
}

/** The part of Ditto's type names that command and response share: `retrieveAttribute`, `feature`, `claim`, … */
function typeOf({ envelope: { topic, path } }: LiveSignal | LiveAnswer): string {
  switch (topic.criterion) {
    case 'messages': {
      const address = messageAddressAt(path);
      if (address?.featureId !== undefined) return 'feature';
      return address?.subject === CLAIM ? 'claim' : 'thing';
    }
    case 'commands':
      return topic.action === 'merge' ? 'mergeThing' : `${topic.action}${resourceName(path)}`;
    case 'events':
    case 'search':
    case 'streaming':
    case 'acks':
    case 'errors':
      return topic.criterion;
  }
}

function resourceName(path: LiveSignal['envelope']['path']): string {
  try {
    const resource = thingResourceAt(path);
    return resource === 'definition' ? 'ThingDefinition' : `${resource.charAt(0).toUpperCase()}${resource.slice(1)}`;
  } catch (error) {
    if (error instanceof GemelError) return 'Unknown';
    throw error;
  }
}
