import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';

/** Reads the options of a mapper and collects what is wrong with them; what it returns for a faulty one means nothing. */
export interface OptionsReader {
  has(name: string): boolean;
  /** @param text goes on from the path of the option, e.g. `must be …` */
  fault(name: string | JsonPointer, text: string): void;
  optionalText(name: string): string | undefined;
  /** @param what it should be, e.g. `a text` */
  text(name: string, what: string): string;
  boolean(name: string, otherwise: boolean): boolean;
  /** The members of an object whose names are free. */
  entries(name: string): readonly (readonly [string, JsonValue])[];
  /** An object that is taken as it is; undefined when it is absent. */
  tree(name: string): JsonObject | undefined;
  /** What `parse` makes of a text; its refusal becomes a fault. */
  parsed<Value>(name: string | JsonPointer, text: string, parse: (text: string) => Value): Value | undefined;
}
