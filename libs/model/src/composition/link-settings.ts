import type { GemelError } from '../errors/index.js';
import type { ThingId } from '../ids/index.js';
import { isJsonObject, member, mergePatch, valueAt } from '../json/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import { NameTemplateAmbiguous, NameTemplateInvalid } from './refusals.js';
import { parseNameTemplate, tellsPartsApart } from './name-template.js';
import type { NameTemplate } from './name-template.js';

/**
 * What a link says besides its count, by parent id, in an attribute of the child type: `{"<parent>": {"name": "…", "position":
 * 1}}`. Only there when a link says something.
 */
export const LINKS: JsonPointer = ['attributes', '_links'];

/** The naming template of a type below a parent, as text; undefined when it has none. */
export function linkName(child: JsonObject, parentId: ThingId): string | undefined {
  const settings = valueAt(child, [...LINKS, parentId]);
  const name = isJsonObject(settings) ? valueAt(settings, ['name']) : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** What is to become of a link besides its count: absent members stay, null ones go. */
export interface SettingsChange {
  readonly name?: string | null | undefined;
  /** As it is kept: the rank among the children of the parent. */
  readonly position?: number | null | undefined;
}

/** What to merge into the attribute with the settings; undefined when nothing of it changes. */
export function settingsPatch(
  child: JsonObject,
  parentId: ThingId,
  { name, position }: SettingsChange,
): JsonValue | undefined {
  const all = valueAt(child, LINKS);
  const stored = valueAt(all, [parentId]);
  const before = isJsonObject(stored) ? stored : {};
  const changes = Object.entries({ name, position }).filter(
    ([key, value]) => value !== undefined && value !== (member(before, key) ?? null),
  );
  if (changes.length === 0) return undefined;
  const patch = Object.fromEntries(changes.map(([key, value]) => [key, value ?? null]));
  const after = mergePatch(before, patch);
  if (isJsonObject(after) && Object.keys(after).length > 0) return { [parentId]: patch };
  return isJsonObject(all) && Object.keys(all).length > 1 ? { [parentId]: null } : null;
}

/** As `linkName`, read; what somebody has broken by a write past the composition counts as none. */
export function linkTemplate(child: JsonObject, parentId: ThingId): NameTemplate | undefined {
  return templateOf(linkName(child, parentId));
}

/** What stands against a link that would name all of its parts the same. */
export function ambiguousName(name: string | null | undefined, count: number): GemelError | undefined {
  const template = templateOf(name);
  if (count === 1 || template === undefined || tellsPartsApart(template)) return undefined;
  return new NameTemplateAmbiguous(name ?? '', count);
}

function templateOf(name: string | null | undefined): NameTemplate | undefined {
  try {
    return typeof name === 'string' ? parseNameTemplate(name) : undefined;
  } catch (error) {
    if (error instanceof NameTemplateInvalid) return undefined;
    throw error;
  }
}
