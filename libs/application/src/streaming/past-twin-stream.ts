import type { PastRange } from '@gemel/model/headers';
import type { ThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { eventEnvelope } from '@gemel/model/protocol';
import type { ThingEvent } from '@gemel/model/signals';
import { ThingNotAccessible } from '@gemel/model/things';
import { PastEvents, headersOfPast } from '../past/index.js';
import { ThingAccess } from '../policies/index.js';
import type { PolicyEnforcers } from '../policies/index.js';
import type { EventLog, StateStore } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import { TwinView } from './twin-view.js';
import type { TwinViewRequest } from './twin-view.js';

export interface PastTwinStreamParts {
  readonly log: Pick<EventLog, 'history'>;
  readonly states: StateStore;
  readonly enforcers: Pick<PolicyEnforcers, 'enforcer'>;
  /** Names of the headers that are told of an event. */
  readonly historicalHeaders: readonly string[];
}

/** What happened to a thing, as a stream of changes would have told it. */
export class PastTwinStream {
  readonly #events: PastEvents;

  constructor(private readonly parts: PastTwinStreamParts) {
    this.#events = new PastEvents(parts.log);
  }

  /**
   * Up to the revision that the thing has now. What was in the past is read under today's policy, and only while the thing is
   * there, as in retrieves.
   * @throws ThingNotAccessible, RqlExpressionInvalid
   */
  async open(
    thingId: ThingId,
    range: PastRange,
    request: TwinViewRequest,
    { subjects }: Pick<SignalContext, 'subjects'>,
  ): Promise<AsyncIterable<readonly string[]>> {
    const view = new TwinView(request);
    const { state, enforcer } = await this.#readable(thingId, subjects);
    return shown(this.#events.ofThing(thingId, range, state.revision), (event) => {
      const seen = view.render(this.#asTold(event), state, enforcer);
      return seen === undefined ? undefined : JSON.stringify(seen);
    });
  }

  /** As `open`, as the Ditto Protocol messages that a subscriber of events would have got then. */
  async envelopes(
    thingId: ThingId,
    range: PastRange,
    request: Pick<TwinViewRequest, 'filter'>,
    { subjects }: Pick<SignalContext, 'subjects'>,
  ): Promise<AsyncIterable<readonly JsonObject[]>> {
    const view = new TwinView(request);
    const { state, enforcer } = await this.#readable(thingId, subjects);
    return shown(this.#events.ofThing(thingId, range, state.revision), (recorded) => {
      const event = this.#asTold(recorded);
      if (view.render(event, state, enforcer) === undefined) return undefined;
      const value = event.value === undefined ? undefined : enforcer.viewAt(event.path, event.value);
      return eventEnvelope(event, { value });
    });
  }

  /** @throws ThingNotAccessible */
  async #readable(thingId: ThingId, subjects: SignalContext['subjects']) {
    const { states, enforcers } = this.parts;
    const { state, enforcer } = await new ThingAccess(states, enforcers).thing(thingId, { subjects });
    if (!enforcer.permitsPartially('thing', [], 'READ')) throw new ThingNotAccessible(thingId);
    return { state, enforcer };
  }

  /** With the headers that may be told of the past instead of its own. */
  #asTold(event: ThingEvent): ThingEvent {
    return { ...event, headers: headersOfPast(event, this.parts.historicalHeaders) };
  }
}

async function* shown<Shown>(
  portions: AsyncIterable<readonly ThingEvent[]>,
  render: (event: ThingEvent) => Shown | undefined,
): AsyncIterable<readonly Shown[]> {
  for await (const portion of portions) {
    yield portion.flatMap((event) => {
      const seen = render(event);
      return seen === undefined ? [] : [seen];
    });
  }
}
