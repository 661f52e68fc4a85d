import { isJsonObject, member, withoutMember } from '../../json/index.js';
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
import type { ThingResourceDefinition, ValueUse } from './thing-resource.js';

const MEMBERS = { policyId, definition, attributes, features } as const;

/**
 * The body of a PUT or POST: checked content with the id of the path; unknown members, `_`-members among them, are
 * dropped. A policyId of null stands for none, as in Ditto.
 * @throws ThingIdNotSettable when the body names another id
 */
export function parseThingContent(thingId: ThingId, value: JsonValue): JsonObject {
  const body = thingObject(value);
  checkId(thingId, member(body, 'thingId'));
  return {
    thingId,
    ...parseContent(member(body, 'policyId') === null ? withoutMember(body, 'policyId') : body, 'store'),
  };
}

/**
 * A merge patch of a whole thing, checked, the id left out.
 * @throws ThingIdNotDeletable, ThingIdNotSettable, ThingMergeInvalid when it would change nothing
 */
export function parseThingPatch(thingId: ThingId, value: JsonValue): JsonObject {
  if (value === null) throw new ThingMergeInvalid('a Thing cannot be replaced by null');
  const body = thingObject(value);
  const patchId = member(body, 'thingId');
  if (patchId === null) throw new ThingIdNotDeletable();
  checkId(thingId, patchId);
  const patch = parseContent(body, 'merge');
  if (patchId === undefined && Object.keys(patch).length === 0)
    throw new ThingMergeInvalid('it names no part of a Thing');
  return patch;
}

function thingObject(value: JsonValue): JsonObject {
  if (!isJsonObject(value)) throw new ValueTypeInvalid('A Thing', 'a JSON object');
  return value;
}

function parseContent(body: JsonObject, use: ValueUse): JsonObject {
  return pickMembers(body, MEMBERS, [], use);
}

function checkId(thingId: ThingId, inBody: JsonValue | undefined): void {
  if (inBody !== undefined && inBody !== thingId) throw new ThingIdNotSettable('differs');
}

export const thing = {
  parse: (value, _path, use) => parseContent(thingObject(value), use),
  notFound: ThingNotAccessible,
  notModifiable: ThingNotModifiable,
  deletable: true,
  needsFeature: false,
} satisfies ThingResourceDefinition;
