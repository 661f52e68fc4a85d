import type { ThingId } from '../ids/index.js';
import { isJsonObject, valueAt } from '../json/index.js';
import type { JsonObject, JsonPointer } from '../json/index.js';
import { NameTemplateInvalid } from './refusals.js';
import { parseNameTemplate } from './name-template.js';
import type { NameTemplate } from './name-template.js';

/**
 * What a link says besides its count, by parent id, in an attribute of the child type: `{"<parent>": {"name": "…"}}`. Only
 * there when a link says something.
 */
export const LINKS: JsonPointer = ['attributes', '_links'];

/** The naming template of a type below a parent, as text; undefined when it has none. */
export function linkName(child: JsonObject, parentId: ThingId): string | undefined {
  const settings = valueAt(child, [...LINKS, parentId]);
  const name = isJsonObject(settings) ? valueAt(settings, ['name']) : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** As `linkName`, read; what somebody has broken by a write past the composition counts as none. */
export function linkTemplate(child: JsonObject, parentId: ThingId): NameTemplate | undefined {
  const name = linkName(child, parentId);
  try {
    return name === undefined ? undefined : parseNameTemplate(name);
  } catch (error) {
    if (error instanceof NameTemplateInvalid) return undefined;
    throw error;
  }
}
