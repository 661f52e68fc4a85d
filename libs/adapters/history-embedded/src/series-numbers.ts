import type { SeriesKey } from '@gemel/application/ports';

type ByPath = Map<string, number>;
type ByThing = Map<string, ByPath>;

/** Paths that are kept to be the same text in all series; things of one type have the same ones. */
const SHARED_PATHS = 10_000;

/**
 * Numbers of series in memory, bounded: those used lately, and those used before them. Each costs a place in a map, and no
 * text of its own: joined into one, thing id, tags and path of 100,000 series would take 40 MB.
 */
export class SeriesNumbers {
  #recent = new Map<string, ByThing>();
  #older: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, number>>> = new Map();
  #size = 0;
  /** An event sets several paths of one thing, and they follow each other. */
  #last: { readonly thingId: string; readonly tags: string; readonly byPath: ByPath | undefined } | undefined;
  readonly #paths = new Map<string, string>();

  /** It may hold twice as many. */
  constructor(private readonly max: number) {}

  /** @param tags as text */
  get({ thingId, path }: SeriesKey, tags: string): number | undefined {
    if (this.#last?.thingId !== thingId || this.#last.tags !== tags)
      this.#last = { thingId, tags, byPath: this.#recent.get(tags)?.get(thingId) };
    const known = this.#last.byPath?.get(path);
    if (known !== undefined) return known;
    const older = this.#older.get(tags)?.get(thingId)?.get(path);
    if (older !== undefined) this.#add({ thingId, path }, tags, older);
    return older;
  }

  /** Of a series that `get` does not know. */
  set({ thingId, path }: SeriesKey, tags: string, id: number): void {
    this.#add({ thingId, path }, tags, id);
  }

  clear(): void {
    this.#last = undefined;
    this.#recent = new Map();
    this.#older = new Map();
    this.#size = 0;
  }

  #add({ thingId, path }: Pick<SeriesKey, 'thingId' | 'path'>, tags: string, id: number): void {
    const byThing = ofKey(this.#recent, tags, () => new Map<string, ByPath>());
    ofKey(byThing, thingId, () => new Map<string, number>()).set(this.#shared(path), id);
    // It may be the first one of the thing.
    this.#last = undefined;
    this.#size += 1;
    if (this.#size < this.max) return;
    this.#older = this.#recent;
    this.#recent = new Map();
    this.#size = 0;
  }

  #shared(path: string): string {
    const known = this.#paths.get(path);
    if (known !== undefined) return known;
    if (this.#paths.size >= SHARED_PATHS) this.#paths.clear();
    this.#paths.set(path, path);
    return path;
  }
}

function ofKey<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
