import { TopicUnknown } from './errors.js';

const CHANNELS = ['twin', 'live'] as const;
const THING_COMMANDS = ['create', 'retrieve', 'modify', 'merge', 'delete', 'migrate'] as const;
const POLICY_COMMANDS = ['create', 'retrieve', 'modify', 'delete', 'checkPermissions'] as const;
const EVENTS = ['created', 'modified', 'merged', 'deleted', 'migrated'] as const;
const SUBSCRIPTION = ['request', 'cancel', 'created', 'next', 'complete', 'failed'] as const;
const SEARCH = ['subscribe', ...SUBSCRIPTION] as const;
const STREAMING = ['subscribeForPersistedEvents', ...SUBSCRIPTION] as const;

export type Channel = (typeof CHANNELS)[number];
export type ThingCommandAction = (typeof THING_COMMANDS)[number];
export type PolicyCommandAction = (typeof POLICY_COMMANDS)[number];
export type EventAction = (typeof EVENTS)[number];

/** What a Ditto Protocol message is about: `namespace/name/group[/channel]/criterion[/action]`; `_` stands for no or any entity. */
export type Topic = ThingTopic | PolicyTopic | ConnectionTopic;

interface EntityPart {
  readonly namespace: string;
  readonly name: string;
}

export type ThingTopic = EntityPart & { readonly group: 'things'; readonly channel: Channel } & ThingCriterion;
export type PolicyTopic = EntityPart & { readonly group: 'policies' } & PolicyCriterion;
export type ConnectionTopic = EntityPart & { readonly group: 'connections' } & Announcement;

type ThingCriterion =
  | { readonly criterion: 'commands'; readonly action: ThingCommandAction }
  | { readonly criterion: 'events'; readonly action: EventAction }
  | { readonly criterion: 'search'; readonly action: (typeof SEARCH)[number] }
  | { readonly criterion: 'streaming'; readonly action: (typeof STREAMING)[number] }
  /** The subject may hold slashes. */
  | { readonly criterion: 'messages'; readonly subject: string }
  /** Without a label: the aggregated acknowledgement. */
  | { readonly criterion: 'acks'; readonly label?: string }
  | { readonly criterion: 'errors' };

type PolicyCriterion =
  | { readonly criterion: 'commands'; readonly action: PolicyCommandAction }
  | { readonly criterion: 'events'; readonly action: EventAction }
  | { readonly criterion: 'streaming'; readonly action: (typeof STREAMING)[number] }
  | { readonly criterion: 'errors' }
  | Announcement;

interface Announcement {
  readonly criterion: 'announcements';
  readonly announcement: string;
}

/**
 * Ids are not checked here: `_` and patterns are topics, too.
 * @throws TopicUnknown
 */
export function parseTopic(text: string): Topic {
  const parts = text.split('/');
  const [namespace, name, group] = parts;
  const topic = namespace === undefined || name === undefined ? undefined : parseGroup(namespace, name, group, parts);
  if (topic === undefined) throw new TopicUnknown(text);
  return topic;
}

export function formatTopic(topic: Topic): string {
  const channel = topic.group === 'things' ? `/${topic.channel}` : '';
  return `${topic.namespace}/${topic.name}/${topic.group}${channel}/${topic.criterion}${formatTail(topic)}`;
}

function formatTail(topic: Topic): string {
  switch (topic.criterion) {
    case 'commands':
    case 'events':
    case 'search':
    case 'streaming':
      return `/${topic.action}`;
    case 'messages':
      return `/${topic.subject}`;
    case 'acks':
      return topic.label === undefined ? '' : `/${topic.label}`;
    case 'announcements':
      return `/${topic.announcement}`;
    case 'errors':
      return '';
  }
}

function parseGroup(
  namespace: string,
  name: string,
  group: string | undefined,
  parts: readonly string[],
): Topic | undefined {
  switch (group) {
    case 'things': {
      const channel = oneOf(CHANNELS, parts[3]);
      return channel && parseThingTopic({ namespace, name, group, channel }, parts[4], parts);
    }
    case 'policies':
      return parsePolicyTopic({ namespace, name, group }, parts[3], parts.slice(4));
    case 'connections': {
      const announcement = onlyOne(parts.slice(4));
      if (parts[3] !== 'announcements' || announcement === undefined) return undefined;
      return { namespace, name, group, criterion: parts[3], announcement };
    }
    default:
      return undefined;
  }
}

type ThingPrefix = Pick<ThingTopic, 'namespace' | 'name' | 'group' | 'channel'>;

/** Objects are written out: this is on the path of every device message, and spreading is slow there. */
function parseThingTopic(
  { namespace, name, group, channel }: ThingPrefix,
  criterion: string | undefined,
  parts: readonly string[],
): ThingTopic | undefined {
  const only = parts.length === 6 && parts[5] !== '' ? parts[5] : undefined;
  switch (criterion) {
    case 'commands': {
      const action = oneOf(THING_COMMANDS, only);
      return action && { namespace, name, group, channel, criterion, action };
    }
    case 'events': {
      const action = oneOf(EVENTS, only);
      return action && { namespace, name, group, channel, criterion, action };
    }
    case 'search': {
      const action = oneOf(SEARCH, only);
      return action && { namespace, name, group, channel, criterion, action };
    }
    case 'streaming': {
      const action = oneOf(STREAMING, only);
      return action && { namespace, name, group, channel, criterion, action };
    }
    case 'messages': {
      const subject = parts.slice(5).join('/');
      return subject === '' ? undefined : { namespace, name, group, channel, criterion, subject };
    }
    case 'acks':
      if (parts.length === 5) return { namespace, name, group, channel, criterion };
      return only === undefined ? undefined : { namespace, name, group, channel, criterion, label: only };
    case 'errors':
      return parts.length === 5 ? { namespace, name, group, channel, criterion } : undefined;
    default:
      return undefined;
  }
}

type PolicyPrefix = Pick<PolicyTopic, 'namespace' | 'name' | 'group'>;

function parsePolicyTopic(
  entity: PolicyPrefix,
  criterion: string | undefined,
  tail: readonly string[],
): PolicyTopic | undefined {
  const only = onlyOne(tail);
  switch (criterion) {
    case 'commands': {
      const action = oneOf(POLICY_COMMANDS, only);
      return action && { ...entity, criterion, action };
    }
    case 'events': {
      const action = oneOf(EVENTS, only);
      return action && { ...entity, criterion, action };
    }
    case 'streaming': {
      const action = oneOf(STREAMING, only);
      return action && { ...entity, criterion, action };
    }
    case 'announcements':
      return only === undefined ? undefined : { ...entity, criterion, announcement: only };
    case 'errors':
      return tail.length === 0 ? { ...entity, criterion } : undefined;
    default:
      return undefined;
  }
}

function onlyOne(tail: readonly string[]): string | undefined {
  return tail.length === 1 && tail[0] !== '' ? tail[0] : undefined;
}

function oneOf<Word extends string>(words: readonly Word[], text: string | undefined): Word | undefined {
  return words.find((word) => word === text);
}
