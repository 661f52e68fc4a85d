import { formatPointer, isJsonArray, isJsonObject, member } from '../json/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import type { ThingEvent } from '../signals/index.js';
import type { Instant } from '../time/index.js';

/** The measurement that OpenTwins dashboards filter on (contract/opentwins.md 3.3). */
export const MEASUREMENT = 'mqtt_consumer';

/** Leaves deeper than this below the thing are not recorded; JSON from outside cannot nest so deep. */
export const MAX_LEAF_DEPTH = 128;

/** A number, boolean or string that an event set, at its absolute place in the thing. */
export interface Leaf {
  /** Pointer text, e.g. `/features/velocity/properties/value`; array elements by index. */
  readonly path: string;
  /** The name dashboards know it by, e.g. `value_velocity_properties_value` or `value_attributes_name`. */
  readonly field: string;
  readonly value: number | boolean | string;
  /** Microseconds since 1970. */
  readonly time: number;
}

/** `time` members outside these milliseconds are not taken for the time of a measurement. */
const EARLIEST: Instant = Date.UTC(2000, 0, 1);
const LATEST: Instant = Date.UTC(2100, 0, 1);

/**
 * What an event contributes to the history: each numeric, boolean and string leaf that it set, wherever its path lies.
 * Names depend on the leaf's absolute place only, so that modifying one property and modifying the whole thing give the
 * same series. Nulls and deletions give nothing; neither do ids, definitions and attributes that start with `_`.
 *
 * A feature whose properties arrive with a plausible `time` (epoch milliseconds) has its leaves at that time. The rest
 * take the event's time plus its revision modulo 1,000 as microseconds: two events of a thing in one millisecond do not
 * overwrite each other, and the same event always gives the same points.
 */
export function leavesOf(event: ThingEvent): readonly Leaf[] {
  if (event.value === undefined) return [];
  const leaves: Leaf[] = [];
  const eventTime = event.timestamp * 1000 + (event.revision % 1000);
  const document = rerooted(event.path, event.value);
  const attributes = member(document, 'attributes');
  if (isJsonObject(attributes)) collectAttributes(leaves, attributes, eventTime);
  const features = member(document, 'features');
  if (isJsonObject(features)) {
    // Each event comes through here: a list of the members of each object would be much of what it takes.
    for (const id in features) {
      const feature = member(features, id);
      if (isJsonObject(feature)) collectFeature(leaves, id, feature, eventTime);
    }
  }
  return leaves;
}

function collectAttributes(leaves: Leaf[], attributes: JsonObject, time: number): void {
  const parent = { path: '/attributes', field: 'value_attributes', depth: 1, time };
  for (const [name, value] of Object.entries(attributes)) {
    if (!name.startsWith('_')) collect(leaves, value, below(parent, name));
  }
}

function collectFeature(leaves: Leaf[], id: string, feature: JsonObject, eventTime: number): void {
  const time = measuredAt(member(feature, 'properties')) ?? eventTime;
  const place = below({ path: '/features', field: 'value', depth: 1, time }, id);
  for (const part of ['properties', 'desiredProperties']) {
    const values = member(feature, part);
    if (isJsonObject(values)) collect(leaves, values, below(place, part));
  }
}

function measuredAt(properties: JsonValue | undefined): number | undefined {
  const time = isJsonObject(properties) ? member(properties, 'time') : undefined;
  return typeof time === 'number' && time >= EARLIEST && time < LATEST ? Math.round(time * 1000) : undefined;
}

/** Where a value stands: names grow as texts, because every event comes through here. */
interface Place {
  readonly path: string;
  readonly field: string;
  readonly depth: number;
  readonly time: number;
}

function below(place: Place, key: string): Place {
  return {
    path: place.path + (/[~/]/.test(key) ? formatPointer([key]) : `/${key}`),
    field: `${place.field}_${key}`,
    depth: place.depth + 1,
    time: place.time,
  };
}

function collect(leaves: Leaf[], value: JsonValue, place: Place): void {
  if (value === null || place.depth > MAX_LEAF_DEPTH) return;
  if (isJsonObject(value)) {
    for (const key in value) collect(leaves, member(value, key) ?? null, below(place, key));
  } else if (isJsonArray(value)) {
    value.forEach((child, index) => collect(leaves, child, below(place, String(index))));
  } else if (typeof value !== 'number' || Number.isFinite(value)) {
    leaves.push({ path: place.path, field: place.field, value, time: place.time });
  }
}

/** The value as a document whose root is the thing; paths into an array's element keep the index as a key. */
function rerooted(path: JsonPointer, value: JsonValue): JsonObject {
  // A path that is deeper than any leaf recorded needs no document.
  if (path.length > MAX_LEAF_DEPTH) return {};
  let root = value;
  for (const segment of path.toReversed()) root = { [segment]: root };
  return isJsonObject(root) ? root : {};
}
