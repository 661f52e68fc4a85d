import { NotOfKind, linkBelow, parentLinks } from '@gemel/model/composition';
import type { Kind, LinkDown, Source, Sources } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import { ThingNotAccessible } from '@gemel/model/things';
import type { ThingMatch } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import type { TypeSource } from '../types/index.js';
import type { Descendant, Lineage } from './lineage.js';
import type { TwinApi } from './twin-api.js';

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
  return link === undefined ? [] : [linkBelow(kind, parent, { childId: thing.thingId, count: link.count }, thing)];
}

/** With what twins of types that have a model begin as. @throws what their models are refused for */
export async function templated(sources: Sources, templates: TwinApi['templates'], see: TypeSource): Promise<Sources> {
  if (templates === undefined) return sources;
  const made = new Map<ThingId, Source>();
  for (const [id, source] of sources) {
    const thing = await templates.of(id, source.thing, see);
    made.set(id, thing === undefined ? source : { ...source, thing });
  }
  return made;
}

/** Types as a caller sees them. */
export function seenTypes(lineage: Pick<Lineage, 'require'>, context: SignalContext): TypeSource {
  return async (id) => {
    try {
      return (await lineage.require('type', id, context)).thing;
    } catch (error) {
      if (error instanceof ThingNotAccessible || error instanceof NotOfKind) return undefined;
      throw error;
    }
  };
}
