import { headerValue } from '@gemel/model/headers';
import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import { JsonFieldMissing, JsonInvalid, isJsonArray, isJsonObject, member } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import { formatEnvelope, responseEnvelope } from '@gemel/model/protocol';
import type { Envelope, PolicyTopic, ThingTopic } from '@gemel/model/protocol';
import type { PermissionChecks } from '../policies/index.js';
import type { IdSource, Timers } from '../ports/index.js';
import type { SearchService } from '../search/index.js';
import type { SignalContext } from '../signals/index.js';
import type { PastPolicyStream, PastTwinStream } from '../streaming/index.js';
import type { ThingService } from '../things/index.js';
import { SEARCH_ERRORS, STREAMING_ERRORS } from './errors.js';
import { pastRangeIn } from './past-range-in.js';
import { PullSubscriptions } from './pull-subscriptions.js';
import type { SubscriptionEvent, Tell } from './pull-subscriptions.js';
import { searchPages } from './search-pages.js';

export interface ProtocolQueryParts {
  readonly things: Pick<ThingService, 'retrieveMany'>;
  readonly search: Pick<SearchService, 'search'>;
  readonly past: Pick<PastTwinStream, 'envelopes'>;
  readonly pastOfPolicies: Pick<PastPolicyStream, 'envelopes'>;
  readonly permissionChecks: Pick<PermissionChecks, 'check'>;
  readonly timers: Pick<Timers, 'sleep'>;
  readonly ids: IdSource;
}

/** A message that comes of a question. */
export interface QueryAnswer {
  readonly topic: ThingTopic | PolicyTopic;
  readonly json: JsonObject;
  readonly isFailure: boolean;
}

/** Whoever asks, and where it is told. */
export interface QueryAsker {
  /** Connection or session: subscriptions are its own. */
  readonly origin: string;
  readonly context: SignalContext;
  tell(answer: QueryAnswer): void;
}

type Query = Envelope & { readonly topic: ThingTopic | PolicyTopic };

interface Subscriptions {
  readonly search: PullSubscriptions;
  readonly streaming: PullSubscriptions;
}

/**
 * Questions about many things, or about the past of a thing or policy, as Ditto Protocol messages: searches and streams of past
 * events by subscription, the retrieve of several things, and checks of permissions.
 */
export class ProtocolQueries {
  readonly #subscriptions = new Map<string, Subscriptions>();

  constructor(private readonly parts: ProtocolQueryParts) {}

  /** Whether a message is such a question. */
  isQuery(envelope: Envelope): envelope is Query {
    const { topic, status } = envelope;
    if (status !== undefined) return false;
    if (topic.group === 'policies') return isPolicyQuestion(topic);
    if (topic.group !== 'things' || topic.channel !== 'twin') return false;
    if (topic.criterion === 'commands') return topic.action === 'retrieve' && topic.name === '_';
    return (topic.criterion === 'search' || topic.criterion === 'streaming') && !ANSWERS.has(topic.action);
  }

  /** Resolves when it is begun; what comes of it is told. @throws GemelError it is refused */
  async take(query: Query, asker: QueryAsker): Promise<void> {
    const { criterion, group } = query.topic;
    if (criterion === 'commands')
      await (group === 'policies' ? this.#check(query, asker) : this.#retrieve(query, asker));
    else if (criterion === 'search') this.#search(query, asker);
    else if (criterion === 'streaming') this.#stream(query, asker);
  }

  /** Ends all subscriptions; nobody is told. */
  close(): void {
    for (const { search, streaming } of this.#subscriptions.values()) {
      search.close();
      streaming.close();
    }
    this.#subscriptions.clear();
  }

  async #retrieve(query: Query, asker: QueryAsker): Promise<void> {
    const found = await this.parts.things.retrieveMany(thingIdsIn(query), query.fields, asker.context);
    const json = responseEnvelope(query, { status: 200, value: found });
    asker.tell({ topic: query.topic, json, isFailure: false });
  }

  async #check(query: Query, asker: QueryAsker): Promise<void> {
    if (query.value === undefined) throw new JsonFieldMissing('value');
    const value = await this.parts.permissionChecks.check(query.value, asker.context);
    asker.tell({ topic: query.topic, json: responseEnvelope(query, { status: 200, value }), isFailure: false });
  }

  #search(query: Query, asker: QueryAsker): void {
    const { search } = this.#of(asker.origin);
    const { parts } = this;
    this.#step(search, query, asker, () => searchPages(parts.search, query, asker.context));
  }

  #stream(query: Query, asker: QueryAsker): void {
    const { streaming } = this.#of(asker.origin);
    const { parts } = this;
    this.#step(streaming, query, asker, () => pastItems(parts, query, asker.context));
  }

  #step(
    subscriptions: PullSubscriptions,
    query: Query,
    asker: QueryAsker,
    items: () => AsyncIterable<JsonObject>,
  ): void {
    const tell = tellerOf(query, asker);
    const action = 'action' in query.topic ? query.topic.action : undefined;
    switch (action) {
      case 'request':
        subscriptions.request(subscriptionIn(query), member(objectIn(query), 'demand'), tell);
        break;
      case 'cancel':
        subscriptions.cancel(subscriptionIn(query));
        break;
      default:
        subscriptions.begin(this.parts.ids.uuid(), items(), tell);
    }
  }

  /** Those without subscriptions are forgotten when somebody else comes. */
  #of(origin: string): Subscriptions {
    const known = this.#subscriptions.get(origin);
    if (known !== undefined) return known;
    for (const [each, { search, streaming }] of this.#subscriptions) {
      if (search.size + streaming.size === 0) this.#subscriptions.delete(each);
    }
    const { timers } = this.parts;
    const made = {
      search: new PullSubscriptions(SEARCH_ERRORS, timers),
      streaming: new PullSubscriptions(STREAMING_ERRORS, timers),
    };
    this.#subscriptions.set(origin, made);
    return made;
  }
}

/** What the server says, which is no question. */
const ANSWERS = new Set<string>(['created', 'next', 'complete', 'failed']);

function isPolicyQuestion(topic: PolicyTopic): boolean {
  if (topic.criterion === 'commands') return topic.action === 'checkPermissions';
  return topic.criterion === 'streaming' && !ANSWERS.has(topic.action);
}

async function* pastItems(
  { past, pastOfPolicies }: Pick<ProtocolQueryParts, 'past' | 'pastOfPolicies'>,
  query: Query,
  context: SignalContext,
): AsyncGenerator<JsonObject, void> {
  const { namespace, name, group } = query.topic;
  const asked = objectIn(query);
  const filter = member(asked, 'filter') ?? undefined;
  if (filter !== undefined && typeof filter !== 'string') throw new JsonInvalid("'filter' is not text");
  const [id, range] = [`${namespace}:${name}`, pastRangeIn(asked)];
  // Only events of things can be filtered (Ditto).
  const told =
    group === 'policies'
      ? pastOfPolicies.envelopes(parsePolicyId(id), range, context)
      : past.envelopes(parseThingId(id), range, { filter }, context);
  for await (const portion of await told) {
    for (const item of portion) yield { item };
  }
}

/** Topics of answers are those of the question but for the action. */
function tellerOf({ topic, headers: given }: Query, asker: QueryAsker): Tell {
  const correlationId = headerValue(given, 'correlation-id');
  const headers = {
    ...(correlationId === undefined ? undefined : { 'correlation-id': correlationId }),
    'content-type': 'application/json',
  };
  const { namespace, name } = topic;
  const criterion = topic.criterion === 'search' ? 'search' : 'streaming';
  return ({ action, value }: SubscriptionEvent) => {
    const answered: ThingTopic | PolicyTopic =
      topic.group === 'policies'
        ? { namespace, name, group: 'policies', criterion: 'streaming', action }
        : { namespace, name, group: 'things', channel: 'twin', criterion, action };
    asker.tell({
      topic: answered,
      json: formatEnvelope({ topic: answered, headers, path: [], value }),
      isFailure: action === 'failed',
    });
  };
}

function thingIdsIn(query: Query): readonly ThingId[] {
  const ids = member(objectIn(query), 'thingIds');
  if (ids === undefined) throw new JsonFieldMissing('thingIds');
  if (!isJsonArray(ids)) throw new JsonInvalid("'thingIds' is not a list");
  return ids.map((id) => {
    if (typeof id === 'string') return parseThingId(id);
    throw new JsonInvalid("'thingIds' is not a list of texts");
  });
}

function subscriptionIn(query: Query): string {
  const id = member(objectIn(query), 'subscriptionId');
  if (id === undefined) throw new JsonFieldMissing('subscriptionId');
  if (typeof id === 'string') return id;
  throw new JsonInvalid("'subscriptionId' is not text");
}

function objectIn({ value }: Query): JsonObject {
  return isJsonObject(value) ? value : {};
}
