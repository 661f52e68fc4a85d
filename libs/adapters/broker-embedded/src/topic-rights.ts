import { filterTest } from '@gemel/model/connections';
import type { TopicAccess } from '@gemel/model/mqtt-users';
import type { SubjectId } from '@gemel/model/policies';

import type { BrokerPrincipal } from './broker-principal.js';
import { SYSTEM_PREFIX } from './system-topics.js';

export interface BrokerTopics {
  /** Filters of what goes to `onMessage`, e.g. `telemetry/#`. */
  readonly sources: readonly string[];
  /** Filters of what only the server publishes, e.g. `opentwins/#`. */
  readonly targets: readonly string[];
  /** Who may receive what sources and targets carry: their messages have passed, or not yet met, the things' policies. */
  readonly receivers: readonly SubjectId[];
}

/** Why a client may not do something; undefined when it may. */
export type Refusal = string | undefined;

/**
 * Users with topics of their own have those. Every other user may publish to sources and to topics of their own choice,
 * and receive the latter. Targets are published on by the server alone; `$` topics are the broker's, and only users with
 * topics of their own may receive what it says there of itself.
 */
export class TopicRights {
  readonly #isSource: (topic: string) => boolean;
  readonly #isTarget: (topic: string) => boolean;
  readonly #receivers: readonly SubjectId[];

  constructor(topics: BrokerTopics) {
    this.#isSource = anyOf(topics.sources);
    this.#isTarget = anyOf(topics.targets);
    this.#receivers = topics.receivers;
  }

  isSource(topic: string): boolean {
    return this.#isSource(topic);
  }

  publish(topic: string, access?: TopicAccess): Refusal {
    if (topic.startsWith('$')) return 'topics that begin with $ belong to the broker';
    if (topic.includes('\0')) return 'a topic holds no U+0000';
    if (this.#isTarget(topic)) return 'only the server publishes there';
    return access === undefined || access.mayPublish(topic) ? undefined : 'it is none of the topics of the user';
  }

  /** A filter that merely covers a reserved topic is fine: {@link mayReceive} holds those messages back. */
  subscribe(filter: string, { subjects, access }: BrokerPrincipal): Refusal {
    if (filter.startsWith('$') && !isSystemFilter(filter, access))
      return 'topics that begin with $ belong to the broker';
    if (filter.includes('\0')) return 'a filter holds no U+0000';
    if (access !== undefined) return access.maySubscribe(filter) ? undefined : 'it is more than the topics of the user';
    return this.mayReceive(filter, { subjects })
      ? undefined
      : `it takes one of the subjects ${this.#receivers.join(', ')}`;
  }

  mayReceive(topic: string, { subjects, access }: BrokerPrincipal): boolean {
    if (topic.startsWith('$') && !topic.startsWith(SYSTEM_PREFIX)) return false;
    if (access !== undefined) return access.mayReceive(topic);
    return this.isReceiver(subjects) || !(this.#isTarget(topic) || this.#isSource(topic));
  }

  isReceiver(subjects: readonly SubjectId[]): boolean {
    return subjects.some((subject) => this.#receivers.includes(subject));
  }
}

function isSystemFilter(filter: string, access: TopicAccess | undefined): boolean {
  return filter.startsWith('$SYS/') && access !== undefined;
}

function anyOf(filters: readonly string[]): (topic: string) => boolean {
  const tests = filters.map(filterTest);
  return (topic) => tests.some((test) => test(topic));
}
