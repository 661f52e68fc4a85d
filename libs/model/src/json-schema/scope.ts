import type { JsonObject, JsonValue } from '../json/index.js';
import { JsonSchemaInvalid } from './errors.js';
import type { Keyword, SchemaNode } from './evaluation.js';

/** Of the schema document that is being read. */
export interface Scope {
  /** The subschema of this value. @throws JsonSchemaInvalid */
  node(schema: JsonValue, where: string): SchemaNode;
  /** The subschema that a reference names. @throws JsonSchemaInvalid */
  referred(reference: JsonValue, where: string): SchemaNode;
}

/** A word of a schema while it is read. */
export interface Word {
  readonly name: string;
  readonly argument: JsonValue;
  /** That it stands in. */
  readonly schema: JsonObject;
  readonly where: string;
  readonly scope: Scope;
  /** Asked about the same value. */
  inPlace(schema: JsonValue, suffix?: string): SchemaNode;
}

/** Undefined when the word says nothing by itself. @throws JsonSchemaInvalid */
export type ReadWord = (word: Word) => Keyword | undefined;

export function refuse({ where }: Pick<Word, 'where'>, reason: string): never {
  throw new JsonSchemaInvalid(where, reason);
}

export function numberOf(word: Word): number {
  return typeof word.argument === 'number' ? word.argument : refuse(word, 'it must be a number');
}

/** A number of things. */
export function countOf(word: Word): number {
  const count = numberOf(word);
  return Number.isInteger(count) && count >= 0 ? count : refuse(word, 'it must be an integer of 0 or more');
}
