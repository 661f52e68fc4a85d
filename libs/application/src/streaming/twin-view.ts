import type { FieldSelector, JsonPointer } from '@gemel/model/json';
import { formatPointer, overlay, selectFields, valueAt } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { namespaceOf, nameOf } from '@gemel/model/ids';
import type { Enforcer } from '@gemel/model/policies';
import { eventEnvelope } from '@gemel/model/protocol';
import { compileCriteria, parseFilter } from '@gemel/model/rql';
import type { Criteria } from '@gemel/model/rql';
import type { ThingEvent } from '@gemel/model/signals';
import { liveThing, withHiddenMembers } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import { formatInstant } from '@gemel/model/time';
import type { Instant } from '@gemel/model/time';
import { sparseThing } from './sparse-thing.js';

/** What a subscriber wants to see of an event. */
export interface TwinViewRequest {
  /** RQL over the changed part, the extra fields and the event's `topic:…` and `resource:…`; several are joined by `and`. */
  readonly filter?: string | readonly string[] | undefined;
  readonly fields?: FieldSelector | undefined;
  /** Parts of the thing to add, whether they changed or not. */
  readonly extraFields?: FieldSelector | undefined;
  /** Shows only what is there; events that say nothing about it are left out. */
  readonly pointer?: JsonPointer | undefined;
}

type Document = JsonObject;

/** Turns events into what a subscriber sees of them. */
export class TwinView {
  readonly #filter: ((document: Document, now: Instant) => boolean) | undefined;

  /** @throws RqlExpressionInvalid */
  constructor(private readonly request: TwinViewRequest) {
    this.#filter = request.filter === undefined ? undefined : predicate(parseFilter(request.filter));
  }

  /**
   * Undefined when the subscriber must not or does not want to see the event.
   * @param state of the thing, at the event's revision or later: its policy and extra fields
   */
  render(event: ThingEvent, state: ThingState, enforcer: Enforcer): JsonValue | undefined {
    const { request } = this;
    const visible = event.value === undefined ? undefined : enforcer.viewAt(event.path, event.value);
    if (visible === undefined && !isVisibleDeletion(event, enforcer)) return undefined;
    const thing = overlay(this.#extra(state, enforcer), sparseThing(event, visible));
    if (this.#filter?.({ ...withEventMembers(thing, event), ...topicMembers(event) }, event.timestamp) === false)
      return undefined;
    const shown = request.fields === undefined ? thing : this.#select(thing, event, visible, request.fields);
    if (Object.keys(shown).length === 0) return undefined;
    return request.pointer === undefined ? shown : valueAt(shown, request.pointer);
  }

  #extra(state: ThingState, enforcer: Enforcer): JsonObject {
    const { extraFields } = this.request;
    const thing = extraFields === undefined ? undefined : liveThing(state);
    const view = thing === undefined ? undefined : enforcer.view(thing);
    return view === undefined || extraFields === undefined
      ? {}
      : selectFields(withHiddenMembers(view, state), extraFields);
  }

  #select(thing: JsonObject, event: ThingEvent, visible: JsonValue | undefined, fields: FieldSelector): JsonObject {
    const document = withEventMembers(thing, event);
    return selectFields(
      fields.children.has('_context') ? { ...document, _context: contextOf(event, visible) } : document,
      fields,
    );
  }
}

function isVisibleDeletion(event: ThingEvent, enforcer: Enforcer): boolean {
  return event.value === undefined && enforcer.permitsPartially('thing', event.path, 'READ');
}

/** Criteria that look at the clock are compiled with the time of each event. */
function predicate(criteria: Criteria): (document: Document, now: Instant) => boolean {
  if (JSON.stringify(criteria).includes('{"time":')) {
    return (document, now) => compileCriteria(criteria, { now })(document);
  }
  const matches = compileCriteria(criteria, { now: 0 });
  return (document) => matches(document);
}

/** Hidden members as the event knows them; those of the extra fields stay. */
function withEventMembers(thing: JsonObject, event: ThingEvent): JsonObject {
  return {
    ...thing,
    _namespace: namespaceOf(event.id),
    _revision: event.revision,
    _modified: formatInstant(event.timestamp),
  };
}

/** The event's place in Ditto's protocol, for filters such as `eq(topic:action,"deleted")`. */
function topicMembers(event: ThingEvent): JsonObject {
  return {
    'topic:namespace': namespaceOf(event.id),
    'topic:entityName': nameOf(event.id),
    'topic:entityId': event.id,
    'topic:group': 'things',
    'topic:channel': 'twin',
    'topic:criterion': 'events',
    'topic:action': event.action,
    'resource:type': 'thing',
    'resource:path': formatPointer(event.path),
  };
}

function contextOf(event: ThingEvent, visible: JsonValue | undefined): JsonObject {
  const { topic, path, value, headers } = eventEnvelope(event, { value: visible });
  const context = { topic, path, value, headers };
  return Object.fromEntries(
    Object.entries(context).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  );
}
