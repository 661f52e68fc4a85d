import { parsePolicyId, parseThingId } from '../ids/index.js';
import type { PolicyId, ThingId } from '../ids/index.js';
import { formatPointer, isJsonArray, isJsonObject, member } from '../json/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import type { Kind } from './kind.js';
import { CompositionBodyInvalid, LinkAttributeReserved } from './refusals.js';
import { RESERVED_ATTRIBUTES } from './restricted-attributes.js';

/** Which policies new twins have: those of what they are made of, one for all, or copies of the former. */
export type PolicyChoice =
  | { readonly use: 'share' }
  | { readonly use: 'named'; readonly policyId: PolicyId }
  /** Each policy of the sources is copied once, under the ID of the first twin that has it. */
  | { readonly use: 'copy' };

/** What a caller says of the parts that one link makes. */
export interface PartRequest {
  /** Instances below each parent; as the link says when absent. */
  readonly count?: number | undefined;
  /** IDs of the first parts; those that are left are named as the link says. */
  readonly ids: readonly ThingId[];
  /** For `{serial}`, in order. */
  readonly serials: readonly string[];
  /** Merge patch of each. */
  readonly values: JsonObject;
  /** By the ID of the type. */
  readonly children: ReadonlyMap<ThingId, PartRequest>;
}

/** What becomes of a type or a twin with all below it. */
export interface TwinRequest extends Pick<PartRequest, 'values' | 'children'> {
  /** ID of the new root; the server chooses when absent. */
  readonly thingId?: ThingId | undefined;
  readonly parent?: ThingId | undefined;
  /** Index among the children of the parent, from 0; as its ID leads when absent. */
  readonly position?: number | undefined;
  /** Of the type that it is made of; as the type is now when absent. */
  readonly version?: string | undefined;
  readonly policy: PolicyChoice;
  /** Whether values of features are taken over as names only; those in `values` stay. */
  readonly resetValues: boolean;
}

const MAX_COUNT = 10_000;
const MAX_NESTING = 32;
const TWIN_MEMBERS = ['thingId', 'parent', 'position', 'policyId', 'policy', 'values', 'resetValues', 'children'];
const PART_MEMBERS = ['count', 'ids', 'serials', 'values', 'children'];
const NOT_IN_VALUES = ['thingId', 'policyId', '_policy', '_copyPolicyFrom'];

/**
 * @param source types have versions
 * @throws CompositionBodyInvalid, LinkAttributeReserved, ThingIdInvalid, PolicyIdInvalid
 */
export function parseTwinRequest(body: JsonValue, source: Kind): TwinRequest {
  const request = parseMembers(body, [], source === 'type' ? [...TWIN_MEMBERS, 'version'] : TWIN_MEMBERS);
  const policyId = textAt(request, 'policyId', []);
  const policy = member(request, 'policy') ?? 'share';
  if (policy !== 'share' && policy !== 'copy') throw new CompositionBodyInvalid('/policy', "'share' or 'copy'");
  if (policy === 'copy' && policyId !== undefined)
    throw new CompositionBodyInvalid('/policyId', "none beside 'policy': 'copy'");
  const resetValues = member(request, 'resetValues') ?? false;
  if (typeof resetValues !== 'boolean') throw new CompositionBodyInvalid('/resetValues', 'true or false');
  const parent = idAt(request, 'parent', []);
  const position = countAt(request, 'position', [], 0);
  if (position !== undefined && parent === undefined)
    throw new CompositionBodyInvalid('/position', "none without a 'parent'");
  return {
    thingId: idAt(request, 'thingId', []),
    parent,
    position,
    version: textAt(request, 'version', []),
    policy: policyId === undefined ? { use: policy } : { use: 'named', policyId: parsePolicyId(policyId) },
    resetValues,
    values: parseValues(request, []),
    children: parseChildren(request, []),
  };
}

/** An object with none but the members named. @throws CompositionBodyInvalid */
export function parseMembers(value: JsonValue, at: JsonPointer, names: readonly string[]): JsonObject {
  const expected = `an object with ${names.join(', ')}`;
  if (!isJsonObject(value)) throw new CompositionBodyInvalid(formatAt(at), expected);
  const other = Object.keys(value).find((key) => !names.includes(key));
  if (other !== undefined) throw new CompositionBodyInvalid(formatAt([...at, other]), expected);
  return value;
}

/** @throws CompositionBodyInvalid, ThingIdInvalid */
export function idAt(object: JsonObject, name: string, at: JsonPointer): ThingId | undefined {
  const text = textAt(object, name, at);
  return text === undefined ? undefined : parseThingId(text);
}

/** @throws CompositionBodyInvalid */
export function countAt(object: JsonObject, name: string, at: JsonPointer, min: number): number | undefined {
  const count = member(object, name);
  if (count === undefined) return undefined;
  if (typeof count === 'number' && Number.isSafeInteger(count) && count >= min && count <= MAX_COUNT) return count;
  throw new CompositionBodyInvalid(formatAt([...at, name]), `a number from ${String(min)} to ${String(MAX_COUNT)}`);
}

export function textAt(object: JsonObject, name: string, at: JsonPointer): string | undefined {
  const text = member(object, name);
  if (text === undefined || typeof text === 'string') return text;
  throw new CompositionBodyInvalid(formatAt([...at, name]), 'text');
}

function parsePart(value: JsonValue, at: JsonPointer): PartRequest {
  if (typeof value === 'number') {
    const count = countAt({ count: value }, 'count', at, 0);
    return { count, ids: [], serials: [], values: {}, children: new Map() };
  }
  const part = parseMembers(value, at, PART_MEMBERS);
  const count = countAt(part, 'count', at, 0);
  return {
    count,
    ids: textsAt(part, 'ids', at, count).map(parseThingId),
    serials: textsAt(part, 'serials', at, count),
    values: parseValues(part, at),
    children: parseChildren(part, at),
  };
}

function parseChildren(object: JsonObject, at: JsonPointer): ReadonlyMap<ThingId, PartRequest> {
  const children = member(object, 'children') ?? {};
  const place = [...at, 'children'];
  if (!isJsonObject(children) || place.length > MAX_NESTING)
    throw new CompositionBodyInvalid(formatAt(place), 'an object: counts, or what to make, by the ID of the type');
  return new Map(
    Object.keys(children).map((id) => [parseThingId(id), parsePart(member(children, id) ?? null, [...place, id])]),
  );
}

function parseValues(object: JsonObject, at: JsonPointer): JsonObject {
  const values = member(object, 'values') ?? {};
  const place = [...at, 'values'];
  if (!isJsonObject(values)) throw new CompositionBodyInvalid(formatAt(place), 'a merge patch of the twin');
  const other = NOT_IN_VALUES.find((name) => Object.hasOwn(values, name));
  if (other !== undefined)
    throw new CompositionBodyInvalid(formatAt([...place, other]), 'nothing here: it stands beside `values`');
  const attributes = member(values, 'attributes');
  const reserved = isJsonObject(attributes)
    ? RESERVED_ATTRIBUTES.find((name) => Object.hasOwn(attributes, name))
    : undefined;
  if (reserved !== undefined) throw new LinkAttributeReserved(formatAt([...place, 'attributes', reserved]));
  return values;
}

/** @param most what is beyond it would name nobody */
function textsAt(object: JsonObject, name: string, at: JsonPointer, most = MAX_COUNT): readonly string[] {
  const list = member(object, name) ?? [];
  if (!isJsonArray(list) || !list.every((text) => typeof text === 'string'))
    throw new CompositionBodyInvalid(formatAt([...at, name]), 'a list of texts');
  if (list.length > most) throw new CompositionBodyInvalid(formatAt([...at, name]), `${String(most)} texts at most`);
  return list;
}

function formatAt(pointer: JsonPointer): string {
  return pointer.length === 0 ? '' : formatPointer(pointer);
}
