import type { Composition } from '@gemel/application/composition';
import { parseThingId } from '@gemel/model/ids';
import { defineRoute } from '../http/index.js';
import type { Route } from '../http/index.js';
import { entityRoutes, idIn, tagOf, writtenReply } from './entity-routes.js';
import { fixRoute } from './fix-route.js';
import { refusal } from './refusal.js';
import {
  ADDRESSED,
  CREATED_RESPONSE,
  DONE_RESPONSE,
  LINK_REFUSED,
  NO_CONTENT_RESPONSE,
  TREE_REFUSED,
} from './responses.js';
import { DONE, RESET_VALUES, TEXT, bodyDescription, bodyOf, contextOf, prettyReply, resetsValues } from './wire.js';

const tag = tagOf('twins');

/** `/api/twins`: trees of twins. */
export function twinRoutes({ twins, trees, integrity }: Composition): readonly Route[] {
  return [
    ...entityRoutes('twins', twins),
    fixRoute('twins', integrity),
    defineRoute({
      method: 'PUT',
      path: '/api/twins/:id/children/:childId',
      summary: 'Make a twin a child; it leaves the parent it has; with a body it is created or replaced',
      tag,
      body: bodyDescription('The child; left out to link only.'),
      responses: { ...DONE_RESPONSE, ...CREATED_RESPONSE, ...NO_CONTENT_RESPONSE, ...LINK_REFUSED },
      handler: async (request) => {
        const childId = parseThingId(request.param('childId'));
        const link = { parentId: idIn(request), count: 1 };
        return writtenReply(await twins.link(childId, link, bodyOf(request), contextOf(request)));
      },
      refusal,
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/twins/:id/children',
      summary: 'Delete a twin with all twins below it: all or nothing',
      tag,
      responses: { ...ADDRESSED, 200: { description: 'Done.', schema: TEXT } },
      handler: async (request) => {
        const id = idIn(request);
        await trees.delete(id, contextOf(request));
        return prettyReply(200, `Thing ${id} and their children deleted correctly.`);
      },
      refusal,
    }),
    defineRoute({
      method: 'POST',
      path: '/api/twins/:id/duplicate/:copyId',
      summary: 'Copy a twin with all twins below it: all or nothing',
      tag,
      parameters: [RESET_VALUES],
      body: bodyDescription('A JSON merge patch (RFC 7396) of the root of the copy.'),
      responses: { ...DONE_RESPONSE, ...TREE_REFUSED },
      handler: async (request) => {
        const copyId = parseThingId(request.param('copyId'));
        const copying = { body: bodyOf(request), resetsValues: resetsValues(request) };
        await trees.duplicate(idIn(request), copyId, copying, contextOf(request));
        return DONE;
      },
      refusal,
    }),
  ];
}
