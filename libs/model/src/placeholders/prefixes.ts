import { headerText, headerValue } from '../headers/index.js';
import { formatPointer, isJsonArray, isJsonObject, member, parsePointer, valueAt } from '../json/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import { formatTopic } from '../protocol/index.js';
import type { Topic } from '../protocol/index.js';
import type { Instant } from '../time/index.js';
import { timePlaceholder } from './time-placeholder.js';

/** Where placeholders get their values from; what is absent stays unresolved. */
export interface PlaceholderContext {
  readonly topic?: Topic | undefined;
  /** `namespace:name` of the thing or policy. */
  readonly entityId?: string | undefined;
  readonly headers?: JsonObject | undefined;
  readonly path?: JsonPointer | undefined;
  readonly value?: JsonValue | undefined;
  /** The thing, as far as it is known, for `thing-json`. */
  readonly thing?: JsonObject | undefined;
  readonly connectionId?: string | undefined;
  /** Where a message came from: its topic or queue. */
  readonly sourceAddress?: string | undefined;
  /** The first authorization subject. */
  readonly subjectId?: string | undefined;
  /** Of the JSON Web Token with which the caller proved who they are. */
  readonly claims?: JsonObject | undefined;
  /** Of the policy entry that is acted on. */
  readonly entryLabel?: string | undefined;
  readonly now?: Instant | undefined;
  /** What the things that a metric counts together have in common, by the names that its definition gives. */
  readonly groups?: ReadonlyMap<string, string> | undefined;
}

interface Prefix {
  /** Whether the prefix has the name at all, whatever the context. */
  readonly knows: (name: string) => boolean;
  readonly resolve: (name: string, context: PlaceholderContext) => readonly (string | undefined)[];
}

const ENTITY_PARTS = ['id', 'namespace', 'name'] as const;
const TOPIC_PARTS = [
  'full',
  'namespace',
  'entityName',
  'group',
  'channel',
  'criterion',
  'action',
  'subject',
  'action-subject',
] as const;

const entity: Prefix = {
  knows: oneOf(ENTITY_PARTS),
  resolve: (name, { entityId: id }) => {
    if (id === undefined || name === 'id') return [id];
    const colon = id.indexOf(':');
    return [name === 'namespace' ? id.slice(0, colon) : id.slice(colon + 1)];
  },
};

/** What stands for something in some place, by prefix. */
export type Prefixes = ReadonlyMap<string, Prefix>;

/** `group-by` and nothing else, in tags of metrics. @param names those that the definition has */
export function groupByPrefix(names: readonly string[]): Prefixes {
  return new Map([['group-by', { knows: oneOf(names), resolve: (name, { groups }) => [groups?.get(name)] }]]);
}

/** By prefix; a new one is a line here. */
export const prefixes: Prefixes = new Map<string, Prefix>([
  ['entity', entity],
  ['thing', entity],
  ['policy', entity],
  ['feature', { knows: oneOf(['id']), resolve: (_name, context) => featureIds(context) }],
  [
    'header',
    { knows: (name) => name !== '', resolve: (name, { headers }) => header(headers ?? {}, name.toLowerCase()) },
  ],
  ['topic', { knows: oneOf(TOPIC_PARTS), resolve: (name, { topic }) => [topic && topicPart(topic, name)] }],
  [
    'resource',
    {
      knows: oneOf(['type', 'path']),
      resolve: (name, { topic, path }) => [
        name === 'path' ? path && formatPointer(path) : topic && resourceType(topic),
      ],
    },
  ],
  ['connection', { knows: oneOf(['id']), resolve: (_name, { connectionId }) => [connectionId] }],
  [
    'source',
    {
      // The levels of a topic, from 1, are not in Ditto.
      knows: (name) => name === 'address' || SOURCE_LEVEL.test(name),
      resolve: (name, { sourceAddress }) => [
        name === 'address' ? sourceAddress : sourceAddress?.split('/')[Number(name.slice('level-'.length)) - 1],
      ],
    },
  ],
  ['jwt', { knows: isPointer, resolve: (name, { claims }) => claimTexts(claims, parsePointer(name)) }],
  ['policy-entry', { knows: oneOf(['label']), resolve: (_name, { entryLabel }) => [entryLabel] }],
  ['request', { knows: oneOf(['subjectId']), resolve: (_name, { subjectId }) => [subjectId] }],
  [
    'time',
    {
      knows: (name) => timePlaceholder(name) !== undefined,
      resolve: (name, { now }) => [now === undefined ? undefined : timePlaceholder(name)?.(now)],
    },
  ],
  [
    'thing-json',
    { knows: isPointer, resolve: (name, { thing }) => jsonTexts(thing && valueAt(thing, parsePointer(name))) },
  ],
]);

const SOURCE_LEVEL = /^level-[1-9]\d?$/;

function oneOf(names: readonly string[]): (name: string) => boolean {
  return (name) => names.includes(name);
}

function header(headers: JsonObject, name: string): readonly (string | undefined)[] {
  const value = headerValue(headers, name);
  return Array.isArray(value) ? jsonTexts(value) : [headerText(headers, name)];
}

/** Several for a merge at `/` or `/features` that touches several. */
function featureIds({ path, value }: PlaceholderContext): readonly string[] {
  if (path === undefined) return [];
  if (path[0] === 'features' && path[1] !== undefined) return [path[1]];
  const features = path.length === 0 && isJsonObject(value) ? valueAt(value, ['features']) : value;
  const touchesFeatures = path.length === 0 || (path.length === 1 && path[0] === 'features');
  return touchesFeatures && isJsonObject(features) ? Object.keys(features) : [];
}

function topicPart(topic: Topic, name: string): string | undefined {
  switch (name) {
    case 'full':
      return formatTopic(topic);
    case 'namespace':
      return topic.namespace;
    case 'entityName':
      return topic.name;
    case 'group':
      return topic.group;
    case 'channel':
      return 'channel' in topic ? topic.channel : undefined;
    case 'criterion':
      return topic.criterion;
    case 'action':
      return action(topic);
    case 'subject':
      return subject(topic);
    default:
      return action(topic) ?? subject(topic);
  }
}

function action(topic: Topic): string | undefined {
  return 'action' in topic ? topic.action : undefined;
}

function subject(topic: Topic): string | undefined {
  if ('subject' in topic) return topic.subject;
  return 'label' in topic ? topic.label : undefined;
}

function resourceType(topic: Topic): string {
  if (topic.criterion === 'messages') return 'message';
  return { things: 'thing', policies: 'policy', connections: 'connection' }[topic.group];
}

function jsonTexts(value: JsonValue | undefined): readonly (string | undefined)[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(jsonTexts);
  return [typeof value === 'string' ? value : JSON.stringify(value)];
}

/** Those at the pointer, through arrays on the way, each once. */
function claimTexts(value: JsonValue | undefined, pointer: JsonPointer): readonly string[] {
  return [...new Set(claimsAt(value, pointer).flatMap(jsonTexts))].filter((text) => text !== undefined);
}

function claimsAt(value: JsonValue | undefined, pointer: JsonPointer): readonly JsonValue[] {
  const [head, ...rest] = pointer;
  if (value === undefined) return [];
  if (head === undefined) return [value];
  if (isJsonArray(value)) return value.flatMap((item) => claimsAt(item, pointer));
  return isJsonObject(value) ? claimsAt(member(value, head), rest) : [];
}

function isPointer(name: string): boolean {
  try {
    return parsePointer(name).length > 0;
  } catch {
    return false;
  }
}
