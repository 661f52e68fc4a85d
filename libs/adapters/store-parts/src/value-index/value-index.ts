import { isJsonArray, valueAt } from '@gemel/model/json';
import type { JsonObject, JsonPointer } from '@gemel/model/json';
import { collectValues } from '@gemel/model/rql';
import { withHiddenMembers } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import { count } from './key-range.js';
import { COMPOSITE, compareKeys, keyOf } from './index-key.js';
import type { IndexKey } from './index-key.js';
import { SortedEntries } from './sorted-entries.js';
import type { ThingNumbers } from './thing-numbers.js';

/** Keys of a thing with more than one. */
class SeveralKeys {
  constructor(readonly keys: readonly IndexKey[]) {}
}

const NULLS = { isBelow: (key: IndexKey) => key === undefined, isWithin: (key: IndexKey) => (key ?? null) === null };

/** A thing that has no entry. */
const NONE: unique symbol = Symbol('none');

/** One property of all things, ordered. */
export class ValueIndex {
  readonly entries: SortedEntries;
  /** Grows with every change of the entries: places are then to be looked up again. */
  version = 0;
  readonly #held: (IndexKey | SeveralKeys | typeof NONE)[] = [];
  readonly #keysOf: (state: ThingState) => readonly IndexKey[];

  constructor(
    property: JsonPointer,
    readonly numbers: ThingNumbers,
  ) {
    this.entries = new SortedEntries(numbers);
    this.#keysOf = keyReader(property);
  }

  /** Brings a thing's entries up to date; the same again does nothing. */
  apply(id: string, state: ThingState | undefined): void {
    const thing = this.numbers.numberOf(id);
    const before = this.#heldKeys(thing);
    const after = state === undefined || state.deleted ? [] : this.#keysOf(state);
    if (isSame(before, after)) return;
    for (const key of before) this.entries.remove(key, thing);
    for (const key of after) this.entries.insert(key, thing);
    // Holes would make the array a slow one.
    while (this.#held.length < thing) this.#held.push(NONE);
    this.#held[thing] = after.length === 0 ? NONE : after.length === 1 ? after[0] : new SeveralKeys(after);
    this.version += 1;
  }

  /** Whether an entry is where the thing is sorted, not only where predicates look for it. */
  isSortEntry(thing: number, key: IndexKey): boolean {
    const held = this.#held[thing];
    return !(held instanceof SeveralKeys) || compareKeys(held.keys[0], key) === 0;
  }

  /** Whether null stands somewhere: it sorts like absence. */
  get hasNulls(): boolean {
    return count(this.entries, NULLS) > 0;
  }

  /** A thing for each different key; undefined when there are more than `max`. */
  firstOfEachKey(max: number): readonly number[] | undefined {
    const things: number[] = [];
    let entry = this.entries.after(this.entries.seek(() => false));
    while (entry !== undefined) {
      if (things.length === max) return undefined;
      things.push(entry.thing);
      const { key } = entry;
      entry = this.entries.after(this.entries.seek((other) => compareKeys(other, key) <= 0));
    }
    return things;
  }

  #heldKeys(thing: number): readonly IndexKey[] {
    if (thing >= this.#held.length) return [];
    const held = this.#held[thing];
    if (held === NONE) return [];
    return held instanceof SeveralKeys ? held.keys : [held];
  }
}

/** Policy and namespace together, which decide what a caller sees of a thing. */
export const RIGHTS: JsonPointer = ['', 'policy and namespace'];

/** The key that a thing is sorted by comes first, then those that predicates may match; each once. */
function keyReader(property: JsonPointer): (state: ThingState) => readonly IndexKey[] {
  const [root = '', second] = property;
  if (property === RIGHTS) return ({ thing }) => [`${thing.policyId}\n${namespaceOfId(thing.thingId)}`];
  if (property.length === 1 && (root === 'thingId' || root === 'policyId')) return ({ thing }) => [thing[root]];
  const isWildcard = root === 'features' && second === '*';
  const collect = collectValues(property);
  const documentOf = documentReader(root);
  return (state) => {
    const document = documentOf(state);
    const keys: IndexKey[] = [isWildcard ? undefined : keyOf(valueAt(document, property))];
    collect(document, (value) => {
      add(keys, keyOf(value));
      if (isJsonArray(value)) for (const element of value) add(keys, keyOf(element));
    });
    return keys;
  };
}

/** Hidden members are made only when the property is one. */
function documentReader(root: string): (state: ThingState) => JsonObject {
  const isHidden = root.startsWith('_') || root === 'namespace';
  return isHidden ? (state) => withHiddenMembers(state.thing, state) : (state) => state.thing;
}

function namespaceOfId(thingId: string): string {
  return thingId.slice(0, Math.max(0, thingId.indexOf(':')));
}

function add(keys: IndexKey[], key: IndexKey): void {
  if (!keys.some((known) => known === key || (known === COMPOSITE && key === COMPOSITE))) keys.push(key);
}

function isSame(before: readonly IndexKey[], after: readonly IndexKey[]): boolean {
  return before.length === after.length && before.every((key, index) => key === after[index]);
}
