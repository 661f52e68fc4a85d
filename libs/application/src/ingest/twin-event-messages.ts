import { mapHeaders, traceHeaders } from '@gemel/model/connections';
import type { SignalTopic, Target } from '@gemel/model/connections';
import { headerText, repeatableStep, traceContextOf, traceHeadersOf } from '@gemel/model/headers';
import { namespaceOf } from '@gemel/model/ids';
import { isJsonObject, selectFields } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { resolveTemplate } from '@gemel/model/placeholders';
import type { PlaceholderContext } from '@gemel/model/placeholders';
import type { Enforcer } from '@gemel/model/policies';
import { DITTO_PROTOCOL_CONTENT_TYPE, eventEnvelope, eventTopic } from '@gemel/model/protocol';
import type { ThingEvent } from '@gemel/model/signals';
import type { ThingState } from '@gemel/model/things';
import type { PolicyEnforcers } from '../policies/index.js';
import type { OutboundMessage, StateStore } from '../ports/index.js';
import { TwinView } from '../streaming/index.js';

export interface TwinEventView {
  readonly states: StateStore;
  readonly enforcers: Pick<PolicyEnforcers, 'enforcer'>;
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
  ) {
    const topics = target.topics.filter(({ signals }) => signals === 'twin-events');
    this.#topics = topics.map((topic) => ({
      ...topic,
      view:
        topic.filter === undefined ? undefined : new TwinView({ filter: topic.filter, extraFields: topic.extraFields }),
    }));
  }

  /** @throws what the store throws: try again */
  async message(event: ThingEvent): Promise<OutboundMessage | NoMessage> {
    const { states, enforcers } = this.sources;
    const namespace = namespaceOf(event.id);
    const topics = this.#topics.filter(({ namespaces }) => namespaces?.includes(namespace) !== false);
    const state = topics.length === 0 ? undefined : await states.thing(event.id);
    if (state === undefined) return 'filtered';
    const enforcer = await enforcers.enforcer(state.thing.policyId, this.target.subjects, state.thing.thingId);
    if (!enforcer?.permitsPartially('thing', event.path, 'READ')) return 'filtered';
    const topic = topics.find(({ view }) => view === undefined || view.render(event, state, enforcer) !== undefined);
    return topic === undefined ? 'filtered' : this.#render(event, topic, state, enforcer);
  }

  #render(event: ThingEvent, topic: Topic, state: ThingState, enforcer: Enforcer): OutboundMessage | NoMessage {
    const value = event.value === undefined ? undefined : enforcer.viewAt(event.path, event.value);
    if (value === undefined && event.value !== undefined) return 'filtered';
    const view = enforcer.viewAt([], state.thing);
    const thing = isJsonObject(view) ? view : {};
    const context = this.#context(event, value, thing);
    const address = resolveTemplate(this.target.address, context);
    if (address.kind !== 'resolved') return 'unresolved';
    return {
      address: address.values[0] ?? '',
      payload: JSON.stringify(eventEnvelope(event, { value, extra: extraOf(topic, state, thing) })),
      qos: this.target.qos,
      headers: this.#headers(event, context),
    };
  }

  #headers(event: ThingEvent, context: PlaceholderContext): Record<string, string> {
    const { headers } = event;
    const { headerMapping } = this.target;
    return headerMapping === undefined
      ? { 'content-type': DITTO_PROTOCOL_CONTENT_TYPE, ...traceHeaders(headers), ...this.#nextStep(event) }
      : mapHeaders(headerMapping, context);
  }

  /** Sending it is a step of its own; sending it again is the same one. */
  #nextStep({ headers, revision }: ThingEvent): Readonly<Record<string, string>> {
    const trace = traceContextOf(headers);
    if (trace === undefined) return {};
    const step = `${this.connectionId ?? ''} ${this.target.address.text} ${revision}`;
    return traceHeadersOf(repeatableStep(trace, step));
  }

  /** Of what the subjects may read: an address tells what it holds. */
  #context(event: ThingEvent, value: JsonValue | undefined, thing: JsonObject): PlaceholderContext {
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
