import type { JsonObject } from '@gemel/model/json';
import { formatInstant } from '@gemel/model/time';
import type { Instant } from '@gemel/model/time';

/** Addresses remembered; the one that has been silent for longest makes room. */
const MAX_ADDRESSES = 200;
const MAX_LENGTH = 512;

/** Addresses of which no mapping of a source makes anything: nobody has told what their messages are. */
export class UnseenAddresses {
  readonly #addresses = new Map<string, { count: number; readonly first: Instant; last: Instant }>();

  saw(address: string, now: Instant): void {
    const key = address.slice(0, MAX_LENGTH);
    const known = this.#addresses.get(key) ?? { count: 0, first: now, last: now };
    known.count++;
    known.last = now;
    // The silent ones come first.
    this.#addresses.delete(key);
    this.#addresses.set(key, known);
    for (const oldest of this.#addresses.keys()) {
      if (this.#addresses.size <= MAX_ADDRESSES) break;
      this.#addresses.delete(oldest);
    }
  }

  reset(): void {
    this.#addresses.clear();
  }

  /** The latest first. */
  toJson(): readonly JsonObject[] {
    return [...this.#addresses].toReversed().map(([address, { count, first, last }]) => ({
      address,
      count,
      firstSeen: formatInstant(first),
      lastSeen: formatInstant(last),
    }));
  }
}

/** Lists of several clients as one, the latest first. */
export function mergeUnseen(lists: readonly (readonly JsonObject[])[]): readonly JsonObject[] {
  const merged = new Map<string, JsonObject>();
  for (const entry of lists.flat()) {
    const address = text(entry, 'address');
    const before = merged.get(address);
    merged.set(address, before === undefined ? entry : together(before, entry));
  }
  return [...merged.values()].toSorted((a, b) => (text(a, 'lastSeen') < text(b, 'lastSeen') ? 1 : -1));
}

function together(one: JsonObject, other: JsonObject): JsonObject {
  const [first, last] = [text(one, 'firstSeen'), text(one, 'lastSeen')];
  const [otherFirst, otherLast] = [text(other, 'firstSeen'), text(other, 'lastSeen')];
  return {
    ...one,
    count: Number(one['count']) + Number(other['count']),
    firstSeen: first < otherFirst ? first : otherFirst,
    lastSeen: last > otherLast ? last : otherLast,
  };
}

function text(entry: JsonObject, name: string): string {
  const value = entry[name];
  return typeof value === 'string' ? value : '';
}
