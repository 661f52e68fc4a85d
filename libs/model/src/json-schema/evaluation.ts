import type { JsonPointer, JsonValue } from '../json/index.js';

/** Where a value breaks a schema. */
export interface SchemaFault {
  /** Of the value, or of the object that lacks something. */
  readonly pointer: JsonPointer;
  /** The word of the schema that it breaks; `budget` when looking took too long. */
  readonly keyword: string;
  readonly message: string;
}

/** A value on the way down, and who is told of its faults: nobody where a schema only asks whether another one holds. */
export interface Place {
  readonly parent: Place | undefined;
  readonly key: string;
  readonly faults: SchemaFault[] | undefined;
}

/** What schemas that hold for the same value have looked at, for `unevaluatedProperties` and `unevaluatedItems`. */
export class Seen {
  #keys: Set<string | number> | undefined;

  add(key: string | number): void {
    (this.#keys ??= new Set()).add(key);
  }

  addAll(other: Seen): void {
    for (const key of other.#keys ?? []) this.add(key);
  }

  /** As they are now. */
  keys(): ReadonlySet<string | number> {
    return new Set(this.#keys);
  }
}

export type Keyword = (value: JsonValue, place: Place, run: Run, seen: Seen) => boolean;

/** A subschema, ready to be asked. */
export interface SchemaNode {
  readonly keywords: Keyword[];
  /** Schemas that are asked about the very same value. */
  readonly inPlace: SchemaNode[];
}

/** Most steps that one validation takes: some milliseconds. */
const MAX_STEPS = 100_000;
/** Most schemas inside each other, those of the values included. */
const MAX_DEPTH = 600;
const MAX_FAULTS = 100;

/** Thrown inside a validation only; hostile schemas take a time that grows with a power of their size. */
export class BudgetSpent extends Error {}

/** One validation: bounds what it costs. */
export class Run {
  #steps = 0;
  #depth = 0;

  /** @throws BudgetSpent */
  spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > MAX_STEPS) throw new BudgetSpent();
  }

  /** What the schemas that hold have looked at; undefined when it does not hold. @throws BudgetSpent */
  evaluate(node: SchemaNode, value: JsonValue, place: Place): Seen | undefined {
    this.spend(1);
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new BudgetSpent();
    const seen = new Seen();
    let holds = true;
    for (const keyword of node.keywords) {
      if (keyword(value, place, this, seen)) continue;
      holds = false;
      if (place.faults === undefined || place.faults.length >= MAX_FAULTS) break;
    }
    this.#depth -= 1;
    return holds ? seen : undefined;
  }

  /** Whether a schema holds, which is nobody's fault when not. */
  holds(node: SchemaNode, value: JsonValue, place: Place): Seen | undefined {
    return this.evaluate(node, value, place.faults === undefined ? place : { ...place, faults: undefined });
  }
}

/** Notes a fault; false, for the keyword to return. */
export function fault(place: Place, keyword: string, message: string): false {
  if (place.faults !== undefined && place.faults.length < MAX_FAULTS)
    place.faults.push({ pointer: pointerOf(place), keyword, message });
  return false;
}

export function below(parent: Place, key: string): Place {
  return { parent, key, faults: parent.faults };
}

function pointerOf(place: Place): JsonPointer {
  const pointer: string[] = [];
  for (let at: Place = place; at.parent !== undefined; at = at.parent) pointer.unshift(at.key);
  return pointer;
}
