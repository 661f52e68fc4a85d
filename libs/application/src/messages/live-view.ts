import { nameOf, namespaceOf } from '@gemel/model/ids';
import { formatPointer, isJsonObject, overlay, selectFields, withValueAt } from '@gemel/model/json';
import type { FieldSelector, JsonObject, JsonValue } from '@gemel/model/json';
import type { Enforcer } from '@gemel/model/policies';
import { liveEnvelope } from '@gemel/model/protocol';
import type { LiveSignal } from '@gemel/model/protocol';
import { compileCriteria, parseFilter } from '@gemel/model/rql';
import { liveThing, withHiddenMembers } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import type { Instant } from '@gemel/model/time';

export interface LiveViewRequest {
  /** RQL over the extra fields, what a command or event carries, and `topic:…`, `resource:…`; several are joined by `and`. */
  readonly filter?: string | readonly string[] | undefined;
  /** Parts of the thing that go along as `extra`. */
  readonly extraFields?: FieldSelector | undefined;
}

/** What a subscriber gets of a signal. */
export interface SeenSignal {
  readonly signal: LiveSignal;
  /** As Ditto Protocol message. */
  readonly envelope: JsonObject;
  /** What of the thing the subscriber may read; absent when it may read nothing. */
  readonly thing: JsonObject | undefined;
}

/** Turns live signals into what a subscriber sees of them. */
export class LiveView {
  readonly #matches: ((document: JsonObject, now: Instant) => boolean) | undefined;

  /** @throws RqlExpressionInvalid */
  constructor(private readonly request: LiveViewRequest) {
    const { filter } = request;
    if (filter === undefined) return;
    const criteria = parseFilter(filter);
    this.#matches = (document, now) => compileCriteria(criteria, { now })(document);
  }

  /** Undefined when the subscriber must not or does not want to see the signal. @param state of its thing */
  render(signal: LiveSignal, state: ThingState, enforcer: Enforcer, now: Instant): SeenSignal | undefined {
    const value = visibleValue(signal, enforcer);
    if (value === NOTHING) return undefined;
    const stored = liveThing(state);
    const thing = stored && enforcer.view(stored);
    const extra = this.#extra(thing && withHiddenMembers(thing, state));
    if (this.#matches?.(documentOf(signal, value, extra), now) === false) return undefined;
    const { value: _value, ...rest } = signal.envelope;
    const envelope = liveEnvelope({ ...signal, envelope: value === undefined ? rest : { ...rest, value } });
    return { signal, envelope: extra === undefined ? envelope : { ...envelope, extra }, thing };
  }

  #extra(thing: JsonObject | undefined): JsonObject | undefined {
    const { extraFields } = this.request;
    return extraFields === undefined || thing === undefined ? undefined : selectFields(thing, extraFields);
  }
}

const NOTHING = Symbol('nothing');

/** The value as far as it may be read; a signal that may not be read at all is NOTHING. */
function visibleValue({ kind, envelope }: LiveSignal, enforcer: Enforcer): JsonValue | undefined | typeof NOTHING {
  const { path, value } = envelope;
  switch (kind) {
    case 'message':
      return enforcer.permits('message', path, 'READ') ? value : NOTHING;
    case 'command':
      // READ at the path itself: what is revoked below keeps no command away (Ditto, LiveSignalEnforcement).
      return enforcer.viewAt(path, {}) === undefined ? NOTHING : value;
    case 'event': {
      if (value === undefined) return enforcer.permitsPartially('thing', path, 'READ') ? undefined : NOTHING;
      return enforcer.viewAt(path, value) ?? NOTHING;
    }
  }
}

/** What the filter looks at. */
function documentOf(signal: LiveSignal, value: JsonValue | undefined, extra: JsonObject | undefined): JsonObject {
  const { topic, path } = signal.envelope;
  const id = signal.thingId;
  const carried = signal.kind === 'message' || value === undefined ? {} : withValueAt({ thingId: id }, path, value);
  return {
    ...overlay(extra ?? {}, isJsonObject(carried) ? carried : {}),
    thingId: id,
    _namespace: namespaceOf(id),
    'entity:id': id,
    'topic:namespace': namespaceOf(id),
    'topic:entityName': nameOf(id),
    'topic:entityId': id,
    'topic:group': 'things',
    'topic:channel': 'live',
    'topic:criterion': topic.criterion,
    ...('action' in topic ? { 'topic:action': topic.action, 'topic:action-subject': topic.action } : undefined),
    ...('subject' in topic ? { 'topic:subject': topic.subject, 'topic:action-subject': topic.subject } : undefined),
    'resource:type': signal.kind === 'message' ? 'message' : 'thing',
    'resource:path': formatPointer(path),
  };
}
