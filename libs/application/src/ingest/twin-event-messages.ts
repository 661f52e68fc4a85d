import type { SignalTopic, Target } from '@gemel/model/connections';
import { headerText, repeatableStep, traceContextOf, traceHeadersOf } from '@gemel/model/headers';
import { namespaceOf } from '@gemel/model/ids';
import { isJsonObject, selectFields } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import type { Enforcer } from '@gemel/model/policies';
import { eventEnvelope, eventTopic } from '@gemel/model/protocol';
import type { Topic as ProtocolTopic } from '@gemel/model/protocol';
import type { ThingEvent } from '@gemel/model/signals';
import type { ThingState } from '@gemel/model/things';
import type { PolicyEnforcers } from '../policies/index.js';
import type { KnownRights } from '../signals/index.js';
import { TwinView, stateAfter } from '../streaming/index.js';
import type { EventStates } from '../streaming/index.js';
import { outgoingMessages } from './outgoing-messages.js';
import type { Outgoing, OutgoingContext } from './outgoing-messages.js';
import { PayloadMappers } from './payload-mappers.js';

export interface TwinEventView extends EventStates {
  readonly enforcers: Pick<PolicyEnforcers, 'rights'>;
}

/** filtered: the target does not want the event or may not see it; unresolved: its address has no value for it. */
export type NoMessage = 'filtered' | 'unresolved';

interface Topic extends SignalTopic {
  /** Undefined when there is no filter. */
  readonly view: TwinView | undefined;
}

/** Makes the messages that a target publishes about events of things. */
export class TwinEventMessages {
  readonly #topics: readonly Topic[];

  /** @throws RqlExpressionInvalid */
  constructor(
    private readonly target: Target,
    private readonly sources: TwinEventView,
    private readonly connectionId?: string,
    private readonly mappers: PayloadMappers = PayloadMappers.builtIn,
  ) {
    const topics = target.topics.filter(({ signals }) => signals === 'twin-events');
    this.#topics = topics.map((topic) => ({
      ...topic,
      view:
        topic.filter === undefined ? undefined : new TwinView({ filter: topic.filter, extraFields: topic.extraFields }),
    }));
  }

  /** @param known rights that were asked for with events made in the same turn @throws what the store throws: try again */
  async messages(event: ThingEvent, known?: KnownRights): Promise<Outgoing | NoMessage> {
    const { enforcers } = this.sources;
    const namespace = namespaceOf(event.id);
    const topics = this.#topics.filter(({ namespaces }) => namespaces?.includes(namespace) !== false);
    const state = topics.length === 0 ? undefined : await stateAfter(event, this.sources);
    if (state === undefined) return 'filtered';
    const rights = await enforcers.rights(state.thing.policyId, this.target.subjects, known);
    const enforcer = rights?.on(state.thing.thingId);
    if (!enforcer?.permitsPartially('thing', event.path, 'READ')) return 'filtered';
    const topic = topics.find(({ view }) => view === undefined || view.render(event, state, enforcer) !== undefined);
    return topic === undefined ? 'filtered' : this.#render(event, topic, state, enforcer);
  }

  #render(event: ThingEvent, topic: Topic, state: ThingState, enforcer: Enforcer): Outgoing | NoMessage {
    const value = event.value === undefined ? undefined : enforcer.viewAt(event.path, event.value);
    if (value === undefined && event.value !== undefined) return 'filtered';
    const view = enforcer.viewAt([], state.thing);
    const thing = isJsonObject(view) ? view : {};
    const context = this.#context(event, value, thing);
    const json = eventEnvelope(event, { value, extra: extraOf(topic, state, thing) });
    const signal = { topic: context.topic, json };
    return outgoingMessages(this.target, signal, context, this.mappers, this.#nextStep(event)) ?? 'unresolved';
  }

  /** Sending it is a step of its own; sending it again is the same one. */
  #nextStep({ headers, revision }: ThingEvent): Readonly<Record<string, string>> {
    const trace = traceContextOf(headers);
    if (trace === undefined) return {};
    const step = `${this.connectionId ?? ''} ${this.target.address.text} ${revision}`;
    return traceHeadersOf(repeatableStep(trace, step));
  }

  /** Of what the subjects may read: an address tells what it holds. */
  #context(
    event: ThingEvent,
    value: JsonValue | undefined,
    thing: JsonObject,
  ): OutgoingContext & { readonly topic: ProtocolTopic } {
    const { id: entityId, headers, path } = event;
    return {
      topic: eventTopic(event),
      entityId,
      headers,
      path,
      value,
      thing,
      subjectId: headerText(headers, 'ditto-originator'),
      connectionId: this.connectionId,
      now: event.timestamp,
    };
  }
}

function extraOf({ extraFields }: SignalTopic, { deleted }: ThingState, thing: JsonObject): JsonObject | undefined {
  return extraFields === undefined || deleted ? undefined : selectFields(thing, extraFields);
}
