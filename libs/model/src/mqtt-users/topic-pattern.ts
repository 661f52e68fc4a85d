import { mqttFilterFault } from '../topics/index.js';
import { percentEncoded } from './percent-encoded.js';

/** Who the placeholders of topic patterns stand for. */
export interface PatternContext {
  readonly username: string;
  readonly clientId: string;
  /** `namespace:name`; undefined when the user belongs to no thing. */
  readonly thingId: string | undefined;
}

/** By name; a new one is a line here. */
const PLACEHOLDERS: ReadonlyMap<string, (context: PatternContext) => string | undefined> = new Map([
  ['user:name', ({ username }) => username],
  ['client:id', ({ clientId }) => clientId],
  ['thing:id', ({ thingId }) => thingId],
  ['thing:namespace', ({ thingId }) => thingId?.slice(0, thingId.indexOf(':'))],
  ['thing:name', ({ thingId }) => thingId?.slice(thingId.indexOf(':') + 1)],
]);

/** What a topic holds no part of, and what could be taken for its encoding. */
const ENCODED = /[+#]|%(?:2B|23|25)/;

const PLACEHOLDER = /\{\{(.*?)\}\}/gs;
/** In a value they would reach other levels than the one where the placeholder stands. */
const REACHING = /[+#/\0]/;

/** What is wrong with a pattern, as far as can be told before its placeholders are resolved; undefined when nothing is. */
export function topicPatternFault(pattern: string): string | undefined {
  const unknown = [...pattern.matchAll(PLACEHOLDER)].find(([, name = '']) => !PLACEHOLDERS.has(name.trim()));
  if (unknown !== undefined) {
    return `must not hold ${unknown[0]}: the placeholders are ${[...PLACEHOLDERS.keys()].join(', ')}`;
  }
  return mqttFilterFault(pattern.replaceAll(PLACEHOLDER, 'x'));
}

/**
 * A thing's ID as topics hold it on which its device publishes: with `+` and `#` percent-encoded, where it has any. No two things
 * have the same, so what looks encoded is, too.
 */
export function publishedThingId(thingId: string): string {
  return ENCODED.test(thingId) ? thingId.replaceAll(/[+#%]/g, percentEncoded) : thingId;
}

/** The topic filter that a pattern is for somebody; undefined when a value is missing or would widen it. */
export function resolveTopicPattern(pattern: string, context: PatternContext): string | undefined {
  const valueOf = (name: string | undefined): string => PLACEHOLDERS.get((name ?? '').trim())?.(context) ?? '';
  const values = [...pattern.matchAll(PLACEHOLDER)].map(([, name]) => valueOf(name));
  if (values.some((value) => value === '' || REACHING.test(value))) return undefined;
  return pattern.replaceAll(PLACEHOLDER, (_whole, name: string) => valueOf(name));
}

/** Whether every topic that a filter matches is matched by another one, too. */
export function coversFilter(filter: string, other: string): boolean {
  const levels = filter.split('/');
  const others = other.split('/');
  // [MQTT-4.7.2-1]
  if (other.startsWith('$') && (levels[0] === '#' || levels[0] === '+')) return false;
  for (const [index, level] of levels.entries()) {
    if (level === '#') return true;
    const asked = others[index];
    if (asked === undefined || asked === '#') return false;
    if (level !== '+' && level !== asked) return false;
  }
  return levels.length === others.length;
}
