import type { SubjectId } from '@gemel/model/policies';
import type { ThingEvent } from '@gemel/model/signals';
import type { PolicyEnforcers } from '../policies/index.js';
import type { Logger } from '../ports/index.js';
import { stateAfter } from './state-after.js';
import type { EventStates } from './state-after.js';
import type { TwinUpdate } from './twin-update.js';
import type { TwinView } from './twin-view.js';

/** Events that may wait for their rendering; policies and states are nearly always at hand. */
const MAX_WAITING = 10_000;

/** One subscriber among those who see the same. */
export interface Listener {
  /** Whether the event is about a thing that the subscriber asked for. */
  wants(event: ThingEvent): boolean;
  next(update: TwinUpdate): void;
  /** The stream has a gap from here on and must end. */
  fail(): void;
}

export interface AudienceParts extends EventStates {
  readonly enforcers: PolicyEnforcers;
  readonly log: Logger;
}

/** Subscribers with the same rights and wishes: each event is judged, rendered and serialised once for all of them. */
export class Audience {
  readonly #listeners = new Set<Listener>();
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(
    private readonly subjects: readonly SubjectId[],
    private readonly view: TwinView,
    private readonly parts: AudienceParts,
  ) {}

  get isEmpty(): boolean {
    return this.#listeners.size === 0;
  }

  add(listener: Listener): void {
    this.#listeners.add(listener);
  }

  remove(listener: Listener): void {
    this.#listeners.delete(listener);
  }

  /** Delivers events in the order offered, to those who listen now and still do then. */
  offer(event: ThingEvent): void {
    const receivers = [...this.#listeners].filter((listener) => listener.wants(event));
    if (receivers.length === 0) return;
    if (this.#waiting >= MAX_WAITING) {
      this.fail();
      return;
    }
    this.#waiting++;
    const rendering = this.#render(event);
    // It may fail before its turn has come.
    rendering.catch(() => undefined);
    this.#last = this.#last.then(() => this.#deliver(event, rendering, receivers));
  }

  /** Ends the streams of all listeners. */
  fail(): void {
    for (const listener of [...this.#listeners]) listener.fail();
  }

  async #deliver(
    event: ThingEvent,
    rendering: Promise<string | undefined>,
    receivers: readonly Listener[],
  ): Promise<void> {
    try {
      const json = await rendering;
      if (json === undefined) return;
      const update = { thingId: event.id, revision: event.revision, json };
      for (const listener of receivers) if (this.#listeners.has(listener)) listener.next(update);
    } catch (error) {
      this.parts.log.error({ thingId: event.id, revision: event.revision, error }, 'an event could not be streamed');
      this.fail();
    } finally {
      this.#waiting--;
    }
  }

  /**
   * The policy is asked for each event, so that a change of it counts at once. Events that come together are rendered
   * together: where the store is a server, they share its answer.
   */
  async #render(event: ThingEvent): Promise<string | undefined> {
    const { enforcers } = this.parts;
    const state = await stateAfter(event, this.parts);
    const enforcer = state && (await enforcers.enforcer(state.thing.policyId, this.subjects, event.id));
    if (state === undefined || enforcer === undefined) return undefined;
    const shown = this.view.render(event, state, enforcer);
    return shown === undefined ? undefined : JSON.stringify(shown);
  }
}
