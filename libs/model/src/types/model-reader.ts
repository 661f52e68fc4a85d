import { isJsonArray, isJsonObject, member } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { TypeModelInvalid } from './errors.js';

/** Reads JSON member by member and says where it is wrong. */
export class ModelReader {
  readonly #object: JsonObject;

  /** @throws TypeModelInvalid when it is no object, or has a member that is not named */
  constructor(
    value: JsonValue,
    private readonly where: string,
    known?: readonly string[],
  ) {
    if (!isJsonObject(value)) throw new TypeModelInvalid(where || '/', 'must be an object');
    this.#object = value;
    const stranger = known === undefined ? undefined : Object.keys(value).find((key) => !known.includes(key));
    if (stranger !== undefined) throw new TypeModelInvalid(this.at(stranger), 'is not known');
  }

  at(key: string): string {
    return `${this.where}/${key}`;
  }

  value(key: string): JsonValue | undefined {
    return member(this.#object, key);
  }

  text(key: string): string | undefined {
    const value = this.value(key);
    if (value !== undefined && typeof value !== 'string') throw new TypeModelInvalid(this.at(key), 'must be a string');
    return value;
  }

  flag(key: string): boolean | undefined {
    const value = this.value(key);
    if (value !== undefined && typeof value !== 'boolean')
      throw new TypeModelInvalid(this.at(key), 'must be true or false');
    return value;
  }

  list(key: string): readonly JsonValue[] {
    const value = this.value(key);
    if (value === undefined) return [];
    if (!isJsonArray(value)) throw new TypeModelInvalid(this.at(key), 'must be an array');
    return value;
  }

  entries(key: string): readonly (readonly [string, JsonValue])[] {
    const value = this.value(key);
    if (value === undefined) return [];
    if (!isJsonObject(value)) throw new TypeModelInvalid(this.at(key), 'must be an object');
    return Object.keys(value).map((name) => [name, member(value, name) ?? null]);
  }
}
