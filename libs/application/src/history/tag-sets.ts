import type { ThingTags } from '@gemel/model/history';
import { member } from '@gemel/model/json';
import type { ThingEvent } from '@gemel/model/signals';
import type { SeriesKey } from '../ports/index.js';

/** Sets kept at the most. There are about as many as parents; when they become more, keeping starts anew. */
const CAPACITY = 20_000;

/** The tags of series, the same object for the same tags: a store need not look into it again. */
export class TagSets {
  readonly #sets = new Map<string, SeriesKey['tags']>();

  of(event: ThingEvent, { idSimulationRun, parent }: ThingTags): SeriesKey['tags'] {
    // The correlation id is no tag: it would make a new series of every message.
    const header = member(event.headers, 'ditto-originator');
    const originator = typeof header === 'string' ? header : undefined;
    const text = JSON.stringify([idSimulationRun ?? null, originator ?? null, parent ?? null]);
    const known = this.#sets.get(text);
    if (known !== undefined) return known;
    if (this.#sets.size >= CAPACITY) this.#sets.clear();
    const tags = {
      ...(idSimulationRun === undefined ? {} : { idSimulationRun }),
      ...(originator === undefined ? {} : { originator }),
      ...(parent === undefined ? {} : { parent }),
    };
    this.#sets.set(text, tags);
    return tags;
  }
}
