import type { PastMoment } from '@gemel/model/headers';
import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { evolvePolicy } from '@gemel/model/policies';
import type { PolicyState } from '@gemel/model/policies';
import type { GemelEvent } from '@gemel/model/signals';
import { evolve } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import { ARCHIVED_EVERY } from '../ports/index.js';
import type { ArchiveBound, Clock, EventLog, StateArchive } from '../ports/index.js';

/** A state that an entity had. */
export interface PastState<State> {
  readonly state: State;
  /** Of the event that led to it; empty when the event is not kept any more. */
  readonly headers: JsonObject;
}

export interface PastStatesParts {
  readonly log: Pick<EventLog, 'history'>;
  readonly archive: StateArchive;
  readonly clock: Clock;
}

interface Kind<State> {
  readonly entity: GemelEvent['entity'];
  readonly id: string;
  archived(bound: ArchiveBound): Promise<State | undefined>;
  evolve(state: State | undefined, event: GemelEvent): State;
}

/** Rebuilds states that things and policies had, from the nearest kept one and the events since. */
export class PastStates {
  constructor(private readonly parts: PastStatesParts) {}

  /** Undefined when there was none at the moment, or it is not kept any more. @param last the current revision */
  thing(id: ThingId, moment: PastMoment, last: number): Promise<PastState<ThingState> | undefined> {
    return this.#find(moment, last, {
      entity: 'thing',
      id,
      archived: (bound) => this.parts.archive.pastThing(id, bound),
      evolve: (state, event) => (event.entity === 'thing' ? evolve(state, event) : refuse(event)),
    });
  }

  /** As `thing`. */
  policy(id: PolicyId, moment: PastMoment, last: number): Promise<PastState<PolicyState> | undefined> {
    return this.#find(moment, last, {
      entity: 'policy',
      id,
      archived: (bound) => this.parts.archive.pastPolicy(id, bound),
      evolve: (state, event) => (event.entity === 'policy' ? evolvePolicy(state, event) : refuse(event)),
    });
  }

  async #find<State extends { readonly revision: number }>(
    { revision, before }: PastMoment,
    last: number,
    kind: Kind<State>,
  ): Promise<PastState<State> | undefined> {
    const upTo = revision ?? last;
    if (upTo < 1 || upTo > last) return undefined;
    if (before !== undefined && before > this.parts.clock.now()) return undefined;
    const base = await kind.archived({ revision: upTo, before });
    const rebuilt = await this.#rebuild(base, { upTo, before }, kind);
    if (rebuilt === undefined) return undefined;
    const { state, headers } = rebuilt;
    if (headers !== undefined) return { state, headers };
    const [event] = await this.#events(kind, state.revision, state.revision);
    return { state, headers: event?.headers ?? {} };
  }

  /** Applies the events since the base; undefined when one of them is missing, or there is nothing at all. */
  async #rebuild<State extends { readonly revision: number }>(
    base: State | undefined,
    { upTo, before = Infinity }: { readonly upTo: number; readonly before: number | undefined },
    kind: Kind<State>,
  ): Promise<{ readonly state: State; readonly headers: JsonObject | undefined } | undefined> {
    let state = base;
    let headers: JsonObject | undefined;
    for (let next = (base?.revision ?? 0) + 1; next <= upTo;) {
      const to = Math.min(upTo, next + ARCHIVED_EVERY - 1);
      for (const event of await this.#events(kind, next, to)) {
        if (event.revision !== next) return undefined;
        if (event.timestamp >= before) return state && { state, headers };
        state = kind.evolve(state, event);
        headers = event.headers;
        next += 1;
      }
      if (next <= to) return undefined;
    }
    return state && { state, headers };
  }

  async #events({ entity, id }: Pick<Kind<unknown>, 'entity' | 'id'>, from: number, to: number) {
    return (await this.parts.log.history(entity, id, { from, to })).map(({ event }) => event);
  }
}

function refuse({ entity, id }: GemelEvent): never {
  throw new Error(`an event of ${entity} '${id}' stands under another kind of entity`);
}
