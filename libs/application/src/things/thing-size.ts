import type { JsonValue } from '@gemel/model/json';
import { jsonSize, jsonSizeAtMost } from '@gemel/model/json';
import { ThingTooLarge, storedContent } from '@gemel/model/things';
import type { Thing, ThingState } from '@gemel/model/things';

/** Bytes that a written value can add beyond its own: quotes, colon, comma and braces around each new key. */
const SYNTAX_PER_KEY = 6;

/**
 * Holds things to their size limit without measuring them on each write: a change grows a thing by no more
 * than what is written, so only a bound near the limit makes it measure exactly.
 */
export class ThingSizeLimit {
  readonly #bounds = new WeakMap<Thing, number>();

  constructor(private readonly maxBytes: number) {}

  /** @throws ThingTooLarge */
  check(before: Thing | undefined, after: Thing, path: readonly string[], written: JsonValue | undefined): void {
    const known = before === undefined ? undefined : this.#bounds.get(before);
    let bound = known === undefined ? jsonSize(after) : known + growth(path, written);
    if (bound > this.maxBytes) bound = jsonSize(after);
    if (bound > this.maxBytes) throw new ThingTooLarge(after.thingId, bound, this.maxBytes);
    this.#bounds.set(after, bound);
  }

  /** Holds a thing together with its metadata to the limit. @throws ThingTooLarge */
  checkMetadata(after: ThingState): void {
    const size = jsonSize(storedContent(after));
    if (size > this.maxBytes) throw new ThingTooLarge(after.thing.thingId, size, this.maxBytes);
  }
}

function growth(path: readonly string[], written: JsonValue | undefined): number {
  if (written === undefined) return 0;
  const keys = path.reduce((sum, key) => sum + jsonSizeAtMost(key) + SYNTAX_PER_KEY, 0);
  return jsonSizeAtMost(written) + keys;
}
