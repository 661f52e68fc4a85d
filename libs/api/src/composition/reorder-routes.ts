import type { SiblingOrder } from '@gemel/application/composition';
import { CompositionBodyInvalid, parseMembers } from '@gemel/model/composition';
import type { Kind } from '@gemel/model/composition';
import { parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import { isJsonArray, member } from '@gemel/model/json';
import { awaitWrite, defineRoute } from '../http/index.js';
import type { ApiRequest, Route } from '../http/index.js';
import { DRY_RUN, PLANNED, jsonBody, planReply } from './change-wire.js';
import { TAGS, callerOf, modeOf, thingIdIn } from './wire.js';
import type { Base } from './wire.js';

/** More children than one request may have take part in nothing. */
const MOST = 10_000;
const KINDS: Readonly<Record<Base, Kind>> = { types: 'type', twins: 'twin' };

/** `/api/2/types/{id}/reorder`, `/api/2/twins/{id}/reorder` */
export function reorderRoutes(order: SiblingOrder): readonly Route[] {
  return (['types', 'twins'] as const).map((base) =>
    defineRoute({
      method: 'POST',
      path: `/api/2/${base}/:thingId/reorder`,
      summary: 'Put children first, in the order given; the others follow as they are',
      tag: TAGS[base],
      parameters: [DRY_RUN],
      body: jsonBody('The order.', {
        children: { type: 'array', items: { type: 'string' }, maxItems: MOST, description: 'IDs of children.' },
      }),
      responses: PLANNED,
      handler: (request) =>
        awaitWrite(request, async () => {
          const asked = { ...modeOf(request), first: childrenIn(request) };
          return planReply(await order.reorder(KINDS[base], thingIdIn(request), asked, callerOf(request)));
        }),
    }),
  );
}

/** @throws CompositionBodyInvalid, ThingIdInvalid */
function childrenIn(request: ApiRequest): readonly ThingId[] {
  const children = member(parseMembers(request.json(), [], ['children']), 'children');
  const isList = children !== undefined && isJsonArray(children) && children.length <= MOST;
  if (!isList || !children.every((id) => typeof id === 'string'))
    throw new CompositionBodyInvalid('/children', `a list of IDs of children, ${String(MOST)} at most`);
  const ids = children.map(parseThingId);
  if (new Set(ids).size < ids.length) throw new CompositionBodyInvalid('/children', 'each child once');
  return ids;
}
