import { kindOf } from '@gemel/model/composition';
import { ThingIdInvalid, parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import { valueAt } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import {
  TYPE_VERSION,
  TwinBreaksType,
  VersionInvalid,
  newViolations,
  parseVersion,
  typeWarning,
} from '@gemel/model/types';
import type { Version } from '@gemel/model/types';
import type { Meter } from '../ports/index.js';
import type { TwinRules } from './twin-rules.js';
import type { TypeSource } from './type-catalog.js';

/** What a twin says of its type. */
export interface TypeOfTwin {
  readonly typeId: ThingId;
  /** Undefined when it is held to the type as it is now. */
  readonly version: Version | undefined;
}

/** Undefined for types, and for twins that were made from none. */
export function typeOfTwin(thing: JsonObject): TypeOfTwin | undefined {
  const text = valueAt(thing, ['attributes', 'type']);
  if (typeof text !== 'string' || kindOf(thing) === 'type') return undefined;
  const typeId = idOf(text);
  return typeId && { typeId, version: versionOf(valueAt(thing, ['attributes', TYPE_VERSION])) };
}

/** Holds writes to the types of the twins that they change; a thing without a type costs one look at an attribute. */
export class TwinConformance {
  readonly #counts = { warned: 0, refused: 0 };

  constructor(private readonly rules: TwinRules) {}

  /**
   * Undefined when there is nothing to check; else resolves with a warning for whoever changes the twin, if there is one.
   * @param see gives things as they are when the change takes effect
   * @throws TwinBreaksType when the change breaks a type that refuses such
   */
  check(before: JsonObject | undefined, after: JsonObject, see: TypeSource): Promise<string | undefined> | undefined {
    const type = typeOfTwin(after);
    return type === undefined ? undefined : this.#check(type, before, after, see);
  }

  get meters(): readonly Meter[] {
    return [
      {
        name: 'gemel_type_violations_total',
        help: 'Changes of twins that broke their type, and whether they were refused.',
        kind: 'counter',
        labels: ['outcome'],
        read: () => Object.entries(this.#counts).map(([outcome, value]) => ({ labels: { outcome }, value })),
      },
    ];
  }

  async #check(
    { typeId, version }: TypeOfTwin,
    before: JsonObject | undefined,
    after: JsonObject,
    see: TypeSource,
  ): Promise<string | undefined> {
    const rules = await this.rules.of(typeId, version, see);
    if (rules === undefined || rules.validation === 'off') return undefined;
    const violations = newViolations(rules, after, before);
    if (violations.length === 0) return undefined;
    this.#counts[rules.validation === 'reject' ? 'refused' : 'warned'] += 1;
    if (rules.validation === 'reject') throw new TwinBreaksType(typeId, violations);
    return typeWarning(typeId, violations);
  }
}

function idOf(text: string): ThingId | undefined {
  try {
    return parseThingId(text);
  } catch (error) {
    if (error instanceof ThingIdInvalid) return undefined;
    throw error;
  }
}

function versionOf(value: unknown): Version | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return parseVersion(value);
  } catch (error) {
    if (error instanceof VersionInvalid) return undefined;
    throw error;
  }
}
