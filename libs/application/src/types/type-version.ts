import type { ThingId } from '@gemel/model/ids';
import { isJsonArray, isJsonObject, member } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { parseThingId } from '@gemel/model/ids';
import { effectiveTypeJson, parseEffectiveType, parseVersion } from '@gemel/model/types';
import type { EffectiveType, Version } from '@gemel/model/types';

/** A child of a type as it was when the type was frozen. */
export interface ChildLink {
  readonly typeId: ThingId;
  /** Instances for each instance of the parent. */
  readonly count: number;
  /** Its newest version then; undefined when it had none, and is taken as it is. */
  readonly version: Version | undefined;
}

/** A type as it was once, with all that it took from others; never changes. */
export interface TypeVersion {
  readonly version: Version;
  readonly type: EffectiveType;
  readonly children: readonly ChildLink[];
  /** Revision of the type's thing that was frozen. */
  readonly revision: number;
  /** When it was frozen, milliseconds since 1970. */
  readonly frozenAt: number;
  /** What whoever froze it had to say. */
  readonly note: string | undefined;
}

export function typeVersionJson({ version, type, children, revision, frozenAt, note }: TypeVersion): JsonObject {
  return {
    version,
    ...(note === undefined ? {} : { note }),
    revision,
    frozenAt: new Date(frozenAt).toISOString(),
    ...effectiveTypeJson(type),
    children: children.map(({ typeId, count, version: of }) => ({
      typeId,
      count,
      ...(of === undefined ? {} : { version: of }),
    })),
  };
}

/** Reads what `typeVersionJson` made. @throws GemelError for anything else */
export function parseTypeVersion(typeId: ThingId, json: JsonValue): TypeVersion {
  const content = isJsonObject(json) ? json : {};
  const note = member(content, 'note');
  const children = member(content, 'children');
  return {
    version: parseVersion(text(content, 'version')),
    type: parseEffectiveType(typeId, content),
    children: isJsonArray(children) ? children.filter(isJsonObject).map(parseChild) : [],
    revision: number(content, 'revision'),
    frozenAt: Date.parse(text(content, 'frozenAt')) || 0,
    note: typeof note === 'string' ? note : undefined,
  };
}

function parseChild(json: JsonObject): ChildLink {
  const version = member(json, 'version');
  return {
    typeId: parseThingId(text(json, 'typeId')),
    count: number(json, 'count'),
    version: typeof version === 'string' ? parseVersion(version) : undefined,
  };
}

function text(json: JsonObject, key: string): string {
  const value = member(json, key);
  return typeof value === 'string' ? value : '';
}

function number(json: JsonObject, key: string): number {
  const value = member(json, key);
  return typeof value === 'number' ? value : 0;
}
