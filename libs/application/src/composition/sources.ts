import { linkTemplate, parentLinks } from '@gemel/model/composition';
import type { Kind, LinkDown, Source, Sources } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import type { ThingMatch } from '../ports/index.js';
import type { Descendant } from './lineage.js';

/** What a lineage has, as new twins are made of it. */
export function sourcesOf(kind: Kind, found: ReadonlyMap<ThingId, Descendant>): Sources {
  const sources = new Map<ThingId, Source>();
  for (const [id, { match, children = [] }] of found)
    sources.set(id, { thing: match.thing, children: children.flatMap((child) => linkDown(kind, id, child)) });
  return sources;
}

/** The link by which a thing is a child of a parent. */
function linkDown(kind: Kind, parent: ThingId, { thing }: ThingMatch): readonly LinkDown[] {
  const link = parentLinks(thing, kind).find(({ parentId }) => parentId === parent);
  if (link === undefined) return [];
  const template = kind === 'type' ? linkTemplate(thing, parent) : undefined;
  return [{ childId: thing.thingId, count: link.count, ...(template === undefined ? {} : { template }) }];
}
