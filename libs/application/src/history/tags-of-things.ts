import { changesTags, tagsAfter, tagsAlong, tagsOf } from '@gemel/model/history';
import type { ThingTags } from '@gemel/model/history';
import type { ThingId } from '@gemel/model/ids';
import type { ThingEvent } from '@gemel/model/signals';
import type { PastStates } from '../past/index.js';
import type { EventLog, StateStore } from '../ports/index.js';

/** Things whose tags are kept in memory; the one that was silent longest goes first. */
const REMEMBERED_THINGS = 20_000;
/** Events that are read at once when the tags of an earlier time have to be found. */
const CHUNK = 200;

interface TagsAt {
  readonly revision: number;
  readonly tags: ThingTags;
}

/**
 * The tags that a thing had after an event, whenever they are asked for: an event that is delivered again, to this reader
 * or to another one, gives the same tags, and so the same series.
 */
export class TagsOfThings {
  /** In order of last use, when there are many. */
  readonly #known = new Map<ThingId, TagsAt>();

  constructor(
    private readonly states: Pick<StateStore, 'thing'>,
    private readonly log: Pick<EventLog, 'history'>,
    /** For events that are not in the log any more. */
    private readonly past?: Pick<PastStates, 'thing'>,
  ) {}

  /** At once when the event is the next one of its thing, as nearly all are. */
  after(event: ThingEvent): ThingTags | Promise<ThingTags> {
    const { id, revision } = event;
    const known = this.#known.get(id);
    if (known?.revision !== revision - 1) return this.#find(event);
    return this.#remember(id, { revision, tags: tagsAfter(event, known.tags) });
  }

  async #find(event: ThingEvent): Promise<ThingTags> {
    return this.#remember(event.id, { revision: event.revision, tags: await this.#read(event) });
  }

  /** From the state, which may be ahead of the event or behind it, and what the log has in between. */
  async #read({ id, revision }: ThingEvent): Promise<ThingTags> {
    const state = await this.states.thing(id);
    const stored = state === undefined || state.deleted ? {} : tagsOf(state.thing);
    const at = state?.revision ?? 0;
    if (at === revision) return stored;
    if (at < revision) {
      return (await this.#events(id, at + 1, revision)).reduce((tags, event) => tagsAfter(event, tags), stored);
    }
    for (let from = revision + 1; from <= at; from += CHUNK) {
      const later = await this.#events(id, from, Math.min(from + CHUNK - 1, at));
      if (later.some(changesTags)) return this.#findInLog(id, revision);
    }
    return stored;
  }

  /**
   * Backwards to where both are set; the first event of a thing sets all of it. Where the log has been thinned, from the state
   * that was kept.
   */
  async #findInLog(id: ThingId, revision: number): Promise<ThingTags> {
    let events: readonly ThingEvent[] = [];
    for (let to = revision; to >= 1; to -= CHUNK) {
      const from = Math.max(1, to - CHUNK + 1);
      const earlier = await this.#events(id, from, to);
      events = [...earlier, ...events];
      const tags = tagsAlong(events);
      if (tags !== undefined) return tags;
      if (earlier.length < to - from + 1) break;
    }
    const then = await this.past?.thing(id, { revision }, revision);
    return then === undefined || then.state.deleted ? {} : tagsOf(then.state.thing);
  }

  async #events(id: ThingId, from: number, to: number): Promise<readonly ThingEvent[]> {
    const recorded = await this.log.history('thing', id, { from, to });
    return recorded.flatMap(({ event }) => (event.entity === 'thing' ? [event] : []));
  }

  #remember(id: ThingId, at: TagsAt): ThingTags {
    // The order matters only when one may have to go soon, and each change of it takes a place of the Map.
    if (this.#known.size > REMEMBERED_THINGS / 2) this.#known.delete(id);
    this.#known.set(id, at);
    if (this.#known.size > REMEMBERED_THINGS) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    return at.tags;
  }
}
