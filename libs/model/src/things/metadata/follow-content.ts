import { isJsonObject, member, withValueAt, withoutMember, withoutValueAt } from '../../json/index.js';
import type { JsonObject, JsonValue } from '../../json/index.js';
import type { ThingEvent } from '../../signals/index.js';
import { metadataAt } from './metadata.js';

/** Metadata after an event, when there was some or the event brings some: it goes with the parts that it describes. */
export function metadataAfter(
  metadata: JsonObject | undefined,
  event: ThingEvent,
  before: JsonObject | undefined,
  after: JsonObject,
): JsonObject | undefined {
  if (event.action === 'deleted' && event.path.length === 0) return undefined;
  let result = metadata;
  if (event.metadata !== undefined) result = withPart(result ?? {}, event, event.metadata);
  if (result === undefined) return undefined;
  if (isEmptied(event) && metadataAt(result, event.path) !== undefined) {
    result = withPart(result, event, event.metadata ?? {});
  }
  if (before !== undefined) result = following(result, before, after);
  return result === undefined || Object.keys(result).length === 0 ? undefined : result;
}

/** What of the metadata somebody may see who sees this view of the content: that of the parts in it. */
export function visibleMetadata(metadata: JsonObject, content: JsonValue, view: JsonValue): JsonObject | undefined {
  if (view === content) return metadata;
  if (!isJsonObject(content) || !isJsonObject(view)) return undefined;
  const entries = Object.entries(metadata).flatMap(([key, described]): [string, JsonValue][] => {
    const part = member(content, key);
    const seen = member(view, key);
    // What describes no part describes the whole, of which only a part may be seen.
    if (part === undefined || seen === undefined) return [];
    if (part === seen) return [[key, described]];
    const visible = isJsonObject(described) ? visibleMetadata(described, part, seen) : undefined;
    return visible === undefined ? [] : [[key, visible]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function withPart(metadata: JsonObject, { path }: ThingEvent, part: JsonObject): JsonObject {
  if (path.length > 0 && Object.keys(part).length === 0) return withoutValueAt(metadata, path);
  const whole = withValueAt(metadata, path, part);
  return isJsonObject(whole) ? whole : {};
}

/** A part that is replaced by an empty object loses its own metadata, too (Ditto). */
function isEmptied({ action, value }: ThingEvent): boolean {
  return action === 'modified' && isJsonObject(value) && Object.keys(value).length === 0;
}

/** Without the metadata of parts that were there before and are not any more. */
function following(metadata: JsonObject, before: JsonObject, after: JsonObject): JsonObject | undefined {
  let result = metadata;
  for (const key of Object.keys(metadata)) {
    const old = member(before, key);
    const now = member(after, key);
    if (old === undefined || old === now) continue;
    if (now === undefined) {
      result = withoutMember(result, key);
      continue;
    }
    const described = member(metadata, key);
    if (!isJsonObject(described) || !isJsonObject(old)) continue;
    const kept = following(described, old, isJsonObject(now) ? now : {});
    if (kept !== described) result = kept === undefined ? withoutMember(result, key) : { ...result, [key]: kept };
  }
  return Object.keys(result).length === 0 && result !== metadata ? undefined : result;
}
