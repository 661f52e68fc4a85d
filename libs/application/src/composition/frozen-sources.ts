import { NotOfKind, linkBelow } from '@gemel/model/composition';
import type { LinkDown, Source, Sources } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { ThingNotAccessible } from '@gemel/model/things';
import { TypeNotWhollyReadable } from '@gemel/model/types';
import type { SignalContext } from '../signals/index.js';
import type { ChildLink } from '../types/index.js';
import type { Lineage } from './lineage.js';
import { seenTypes, sourcesOf, templated } from './sources.js';
import type { FrozenTemplate, TwinApi } from './twin-api.js';

interface FrozenParts {
  readonly lineage: Lineage;
  readonly api: Pick<TwinApi, 'templates' | 'frozen'>;
}

/**
 * What twins of a version of a type are made of: children are at the versions that they had then, those that had none as
 * they are now. Names and positions are those of the links as they are now. A child that the caller may not read is left out.
 * @throws what the version is refused for
 */
export async function frozenSources(
  rootId: ThingId,
  version: string,
  { lineage, api }: FrozenParts,
  context: SignalContext,
): Promise<Sources> {
  const see = seenTypes(lineage, context);
  const sources = new Map<ThingId, Source>();
  const root = await frozenAt(api, rootId, version, context);
  const pending: (readonly [ThingId, string, FrozenTemplate])[] = [[rootId, version, root]];
  // An array iterates over what is added meanwhile: it is the queue, too.
  for (const [id, at, { thing, children }] of pending) {
    if (sources.has(id)) continue;
    const links = await Promise.all(children.map((link) => linkDown(id, link, see)));
    sources.set(id, { thing, children: links, version: at });
    for (const child of children) {
      if (sources.has(child.typeId)) continue;
      if (child.version === undefined) await addLive(sources, child.typeId, { lineage, api }, context);
      else {
        const found = await hidden(() => frozenAt(api, child.typeId, child.version ?? '', context));
        if (found !== undefined) pending.push([child.typeId, child.version, found]);
      }
    }
  }
  return sources;
}

async function frozenAt(
  { frozen }: FrozenParts['api'],
  id: ThingId,
  version: string,
  context: SignalContext,
): Promise<FrozenTemplate> {
  if (frozen === undefined) throw new ThingNotAccessible(id);
  return frozen.of(id, version, context);
}

async function linkDown(
  parentId: ThingId,
  { typeId, count }: ChildLink,
  see: (id: ThingId) => Promise<JsonObject | undefined>,
): Promise<LinkDown> {
  const child = await see(typeId);
  return linkBelow('type', parentId, { childId: typeId, count }, child ?? {});
}

async function addLive(
  sources: Map<ThingId, Source>,
  id: ThingId,
  { lineage, api }: FrozenParts,
  context: SignalContext,
): Promise<void> {
  const match = await hidden(() => lineage.require('type', id, context));
  if (match === undefined) return;
  const found = sourcesOf('type', await lineage.below('type', match, Infinity, context));
  for (const [each, source] of await templated(found, api.templates, seenTypes(lineage, context)))
    if (!sources.has(each)) sources.set(each, source);
}

/** Undefined for what the caller may not read. */
async function hidden<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const isHidden =
      error instanceof ThingNotAccessible || error instanceof NotOfKind || error instanceof TypeNotWhollyReadable;
    if (isHidden) return undefined;
    throw error;
  }
}
