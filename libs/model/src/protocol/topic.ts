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
  const [namespace, name, group, ...rest] = text.split('/');
  const topic =
    namespace === undefined || name === undefined ? undefined : parseGroup({ namespace, name }, group, rest);
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

function parseGroup(entity: EntityPart, group: string | undefined, rest: readonly string[]): Topic | undefined {
  switch (group) {
    case 'things': {
      const channel = oneOf(CHANNELS, rest[0]);
      const criterion = parseThingCriterion(rest[1], rest.slice(2));
      return channel && criterion && { ...entity, group, channel, ...criterion };
    }
    case 'policies': {
      const criterion = parsePolicyCriterion(rest[0], rest.slice(1));
      return criterion && { ...entity, group, ...criterion };
    }
    case 'connections': {
      const announcement = parseAnnouncement(rest[0], rest.slice(1));
      return announcement && { ...entity, group, ...announcement };
    }
    default:
      return undefined;
  }
}

function parseThingCriterion(criterion: string | undefined, tail: readonly string[]): ThingCriterion | undefined {
  switch (criterion) {
    case 'commands':
      return withAction(criterion, THING_COMMANDS, tail);
    case 'events':
      return withAction(criterion, EVENTS, tail);
    case 'search':
      return withAction(criterion, SEARCH, tail);
    case 'streaming':
      return withAction(criterion, STREAMING, tail);
    case 'messages': {
      const subject = tail.join('/');
      return subject === '' ? undefined : { criterion, subject };
    }
    case 'acks': {
      const [label, ...more] = tail;
      if (label === undefined) return { criterion };
      return label === '' || more.length > 0 ? undefined : { criterion, label };
    }
    case 'errors':
      return tail.length === 0 ? { criterion } : undefined;
    default:
      return undefined;
  }
}

function parsePolicyCriterion(criterion: string | undefined, tail: readonly string[]): PolicyCriterion | undefined {
  switch (criterion) {
    case 'commands':
      return withAction(criterion, POLICY_COMMANDS, tail);
    case 'events':
      return withAction(criterion, EVENTS, tail);
    case 'streaming':
      return withAction(criterion, STREAMING, tail);
    case 'errors':
      return tail.length === 0 ? { criterion } : undefined;
    default:
      return parseAnnouncement(criterion, tail);
  }
}

function parseAnnouncement(criterion: string | undefined, tail: readonly string[]): Announcement | undefined {
  const [announcement, ...more] = tail;
  if (criterion !== 'announcements' || !announcement || more.length > 0) return undefined;
  return { criterion, announcement };
}

function withAction<Criterion extends string, Action extends string>(
  criterion: Criterion,
  actions: readonly Action[],
  tail: readonly string[],
): { readonly criterion: Criterion; readonly action: Action } | undefined {
  const action = tail.length === 1 ? oneOf(actions, tail[0]) : undefined;
  return action && { criterion, action };
}

function oneOf<Word extends string>(words: readonly Word[], text: string | undefined): Word | undefined {
  return words.find((word) => word === text);
}
