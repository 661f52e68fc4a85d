import { filterTest } from '../topics/index.js';
import type { MqttUser } from './mqtt-user.js';
import { coversFilter, publishedThingId, resolveTopicPattern } from './topic-pattern.js';

/** Where a connected client may publish and what it may receive. */
export interface TopicAccess {
  mayPublish(topic: string): boolean;
  /** All of what the filter asks for. */
  maySubscribe(filter: string): boolean;
  mayReceive(topic: string): boolean;
}

/** What the patterns of a user are for one client. */
export function topicAccess(user: MqttUser, clientId: string): TopicAccess {
  const { name: username, thingId } = user;
  const resolved = (patterns: readonly string[], id: string | undefined): readonly string[] =>
    patterns.flatMap((pattern) => resolveTopicPattern(pattern, { username, clientId, thingId: id }) ?? []);
  // Targets publish with the ID as it is. An encoded one would be that of another thing there.
  const filters = resolved(user.subscribe, thingId);
  const publishes = resolved(user.publish, thingId && publishedThingId(thingId)).map(filterTest);
  const receives = filters.map(filterTest);
  return {
    mayPublish: (topic) => publishes.some((takes) => takes(topic)),
    maySubscribe: (filter) => filters.some((allowed) => coversFilter(allowed, filter)),
    mayReceive: (topic) => receives.some((takes) => takes(topic)),
  };
}
