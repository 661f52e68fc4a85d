import type { ThingId } from '../ids/index.js';
import type { JsonObject } from '../json/index.js';
import type { Kind } from './kind.js';
import { linkTemplate } from './link-settings.js';
import type { LinkDown } from './plan-twins.js';
import { rankOf } from './position.js';

/** The link by which a child has a count, with what else it says. */
export function linkBelow(
  kind: Kind,
  parentId: ThingId,
  { childId, count }: Pick<LinkDown, 'childId' | 'count'>,
  child: JsonObject,
): LinkDown {
  const template = kind === 'type' ? linkTemplate(child, parentId) : undefined;
  const rank = rankOf(kind, parentId, child);
  return {
    childId,
    count,
    ...(template === undefined ? {} : { template }),
    ...(rank === undefined ? {} : { rank }),
  };
}
