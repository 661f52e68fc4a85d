import { parseThingId } from '../ids/index.js';
import type { ThingId } from '../ids/index.js';
import { isJsonArray, isJsonObject, member, valueAt } from '../json/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import type { Step } from './plan.js';
import { RelationNameInvalid } from './refusals.js';

/**
 * What a twin has to do with others, besides being their parent or child: an array, so that a search for
 * `attributes/_relations/target` finds all that point to a twin. Only there when there is one.
 */
export const RELATIONS: JsonPointer = ['attributes', '_relations'];

/** One of them: of each name there is one at most from a twin to another one. */
export interface Relation {
  readonly name: string;
  readonly target: ThingId;
  /** What is said about it. */
  readonly properties: JsonObject;
}

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** @throws RelationNameInvalid */
export function parseRelationName(text: string): string {
  if (!NAME.test(text)) throw new RelationNameInvalid(text);
  return text;
}

/** Those of a twin, as they were made; what somebody has broken by a write past the composition counts as none. */
export function relationsOf(twin: JsonObject): readonly Relation[] {
  const stored = valueAt(twin, RELATIONS);
  return isJsonArray(stored) ? stored.flatMap((each) => relationIn(each) ?? []) : [];
}

/** Makes a relation, or changes what is said about it: the others stay. */
export function relating(twin: JsonObject & { readonly thingId: ThingId }, relation: Relation): Step {
  const known = relationsOf(twin);
  const index = known.findIndex((each) => isSameRelation(each, relation));
  return stepTo(twin, index === -1 ? [...known, relation] : known.with(index, relation));
}

export function unrelating(
  twin: JsonObject & { readonly thingId: ThingId },
  relation: Pick<Relation, 'name' | 'target'>,
): Step {
  return stepTo(
    twin,
    relationsOf(twin).filter((each) => !isSameRelation(each, relation)),
  );
}

/** Those of a copy: what pointed within the original points within the copy. Undefined when there are none. */
export function copiedRelations(original: JsonObject, copies: ReadonlyMap<ThingId, ThingId>): JsonValue | undefined {
  const relations = relationsOf(original);
  if (relations.length === 0) return undefined;
  return relations.map((each) => relationJson({ ...each, target: copies.get(each.target) ?? each.target }));
}

export function isSameRelation(a: Pick<Relation, 'name' | 'target'>, b: Pick<Relation, 'name' | 'target'>): boolean {
  return a.name === b.name && a.target === b.target;
}

/** As it is stored. */
function relationJson({ name, target, properties }: Relation): JsonObject {
  return { name, target, ...(Object.keys(properties).length === 0 ? {} : { properties }) };
}

function stepTo(twin: JsonObject & { readonly thingId: ThingId }, relations: readonly Relation[]): Step {
  const value = relations.length === 0 ? null : relations.map(relationJson);
  return {
    command: { kind: 'merge', thingId: twin.thingId, path: RELATIONS, value },
    before: valueAt(twin, RELATIONS),
  };
}

function relationIn(stored: JsonValue): Relation | undefined {
  if (!isJsonObject(stored)) return undefined;
  const [name, target, properties = {}] = ['name', 'target', 'properties'].map((key) => member(stored, key));
  if (typeof name !== 'string' || !NAME.test(name) || typeof target !== 'string' || !isJsonObject(properties)) {
    return undefined;
  }
  try {
    return { name, target: parseThingId(target), properties };
  } catch {
    return undefined;
  }
}
