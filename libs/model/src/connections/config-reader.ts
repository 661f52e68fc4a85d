import { GemelError } from '../errors/index.js';
import { formatPointer, isJsonArray, isJsonObject, member } from '../json/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';

/** What is wrong at one place of a configuration; the text goes on from the path: `/sources/0/qos must be 0, 1 or 2`. */
export interface Fault {
  readonly path: string;
  readonly text: string;
  /** What refusals tell apart; that a member is unknown Ditto passes over. */
  readonly kind?: FaultKind;
}

export type FaultKind = 'unknown' | 'uri' | 'topic';

/** Bounds of an integer, and its value when it is absent; without a default it must be there. */
export interface IntegerRule {
  readonly min: number;
  readonly max: number;
  readonly default?: number;
}

/**
 * Reads the members of one object and collects what is wrong instead of stopping at the first fault. What it returns for
 * a faulty member is of the right type and means nothing: look at the faults first. Null is as good as absent.
 */
export class ConfigReader {
  readonly #known = new Set<string>();

  constructor(
    private readonly json: JsonObject,
    private readonly path: JsonPointer,
    private readonly faults: Fault[],
  ) {}

  has(name: string): boolean {
    return this.#value(name) !== undefined;
  }

  /** Undefined when it is absent. */
  any(name: string): JsonValue | undefined {
    return this.#value(name);
  }

  /** Every member is fine, also one that nobody reads. */
  knowAll(): void {
    for (const name of Object.keys(this.json)) this.#known.add(name);
  }

  /** @param text goes on from the path of the member, or of what is below it, e.g. `must be …` */
  fault(name: string | JsonPointer, text: string, kind?: FaultKind): void {
    const below = typeof name === 'string' ? [name] : name;
    this.faults.push({ path: formatPointer([...this.path, ...below]), text, ...(kind && { kind }) });
  }

  optionalText(name: string): string | undefined {
    const value = this.#value(name);
    if (value === undefined || typeof value === 'string') return value;
    this.fault(name, 'must be a text');
    return undefined;
  }

  textOrNumber(name: string): string | undefined {
    const value = this.#value(name);
    return typeof value === 'number' ? String(value) : this.optionalText(name);
  }

  /** @param what it should be, e.g. `a text` */
  text(name: string, what: string): string {
    const value = this.#value(name);
    if (typeof value === 'string' && value !== '') return value;
    this.fault(name, `must be ${what}`);
    return '';
  }

  /** Also as a text, which is how the `specificConfig` of Ditto has it. */
  boolean(name: string, otherwise: boolean): boolean {
    const value = this.#value(name);
    if (value === undefined) return otherwise;
    if (value === true || value === 'true') return true;
    if (value !== false && value !== 'false') this.fault(name, 'must be true or false');
    return false;
  }

  /** Also as a text, see {@link boolean}. */
  integer(name: string, rule: IntegerRule): number {
    const value = this.#value(name) ?? rule.default;
    const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isSafeInteger(number) && number >= rule.min && number <= rule.max) {
      return number;
    }
    this.fault(name, `must be an integer from ${rule.min} to ${rule.max}`);
    return rule.min;
  }

  oneOf<Word extends string>(name: string, words: readonly [Word, ...Word[]], otherwise?: Word): Word {
    const value = this.#value(name) ?? otherwise;
    const word = words.find((each) => each === value);
    if (word === undefined) this.fault(name, `must be one of ${words.join(', ')}`);
    return word ?? words[0];
  }

  texts(name: string): readonly string[] {
    return this.#list(name, 'a list of texts').flatMap((value, index) => {
      if (typeof value === 'string') return [value];
      this.fault([name, String(index)], 'must be a text');
      return [];
    });
  }

  /** Reads each object of a list, and refuses its unknown members. */
  objects<Item>(name: string, read: (reader: ConfigReader) => Item): readonly Item[] {
    return this.#list(name, 'a list of objects').flatMap((value, index) => {
      const path = [...this.path, name, String(index)];
      if (isJsonObject(value)) return [readObject(new ConfigReader(value, path, this.faults), read)];
      this.faults.push({ path: formatPointer(path), text: 'must be an object' });
      return [];
    });
  }

  /** Reads an object, and refuses its unknown members; undefined when it is absent. */
  object<Item>(name: string, read: (reader: ConfigReader) => Item): Item | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (isJsonObject(value)) return readObject(new ConfigReader(value, [...this.path, name], this.faults), read);
    this.fault(name, 'must be an object');
    return undefined;
  }

  /** An object that is taken as it is; undefined when it is absent. */
  tree(name: string): JsonObject | undefined {
    const value = this.#value(name);
    if (value === undefined || isJsonObject(value)) return value;
    this.fault(name, 'must be an object');
    return undefined;
  }

  /** As {@link object}, but an absent one is read as an empty one. */
  section<Item>(name: string, read: (reader: ConfigReader) => Item): Item {
    return this.object(name, read) ?? read(new ConfigReader({}, [...this.path, name], this.faults));
  }

  /** The members of an object whose names are free. */
  entries(name: string): readonly (readonly [string, JsonValue])[] {
    const value = this.#value(name);
    if (isJsonObject(value)) return Object.entries(value);
    if (value !== undefined) this.fault(name, 'must be an object');
    return [];
  }

  /** What `parse` makes of a text; its refusal becomes a fault. */
  parsed<Value>(name: string | JsonPointer, text: string, parse: (text: string) => Value): Value | undefined {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof GemelError)) throw error;
      this.fault(name, `is not valid: ${error.message.replace(/\.$/, '')}`);
      return undefined;
    }
  }

  /** Of members that begin with `_`, which Ditto adds when it answers, nothing is said. */
  refuseOthers(): void {
    for (const name of Object.keys(this.json)) {
      if (!this.#known.has(name) && !name.startsWith('_')) {
        const text = `is not known here; there are ${[...this.#known].sort().join(', ')}`;
        this.faults.push({ path: formatPointer([...this.path, name]), text, kind: 'unknown' });
      }
    }
  }

  /** For objects of which nothing more can be judged. */
  acceptOthers(): void {
    for (const name of Object.keys(this.json)) this.#known.add(name);
  }

  #list(name: string, what: string): readonly JsonValue[] {
    const value = this.#value(name);
    if (isJsonArray(value)) return value;
    if (value !== undefined) this.fault(name, `must be ${what}`);
    return [];
  }

  #value(name: string): JsonValue | undefined {
    this.#known.add(name);
    return member(this.json, name) ?? undefined;
  }
}

function readObject<Item>(reader: ConfigReader, read: (reader: ConfigReader) => Item): Item {
  const item = read(reader);
  reader.refuseOthers();
  return item;
}
