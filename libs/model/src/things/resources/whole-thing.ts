import { isJsonObject, member } from '../../json/index.js';
import type { JsonObject, JsonValue } from '../../json/index.js';
import type { ThingId } from '../../ids/index.js';
import {
  ThingIdNotDeletable,
  ThingIdNotSettable,
  ThingMergeInvalid,
  ThingNotAccessible,
  ThingNotModifiable,
  ValueTypeInvalid,
} from '../errors.js';
import { attributes } from './attributes.js';
import { definition } from './definition.js';
import { features } from './feature.js';
import { pickMembers } from './pick-members.js';
import { policyId } from './policy-id.js';
import type { ThingResourceDefinition } from './thing-resource.js';

const MEMBERS = { policyId, definition, attributes, features } as const;

/** A thing's content below its id; unknown members, `_`-members among them, are dropped. */
function parseContent(value: JsonValue): JsonObject {
  if (!isJsonObject(value)) throw new ValueTypeInvalid('A Thing', 'a JSON object');
  return pickMembers(value, MEMBERS, []);
}

/**
 * The body of a PUT or POST: checked content with the id of the path.
 * @throws ThingIdNotSettable when the body names another id
 */
export function parseThingContent(thingId: ThingId, value: JsonValue): JsonObject {
  const content = parseContent(value);
  const bodyId = isJsonObject(value) ? member(value, 'thingId') : undefined;
  if (bodyId !== undefined && bodyId !== thingId) throw new ThingIdNotSettable(`it is not '${thingId}'`);
  return { thingId, ...content };
}

/**
 * A merge patch of a whole thing, checked, the id left out.
 * @throws ThingIdNotDeletable, ThingMergeInvalid
 */
export function parseThingPatch(thingId: ThingId, value: JsonValue): JsonObject {
  if (!isJsonObject(value)) throw new ThingMergeInvalid('the patch of a Thing must be a JSON object');
  const patchId = member(value, 'thingId');
  if (patchId === null) throw new ThingIdNotDeletable();
  if (patchId !== undefined && patchId !== thingId) throw new ThingMergeInvalid(`its thingId is not '${thingId}'`);
  return parseContent(value);
}

export const thing = {
  parse: parseContent,
  notFound: ThingNotAccessible,
  notModifiable: ThingNotModifiable,
  deletable: true,
  needsFeature: false,
} satisfies ThingResourceDefinition;
