import { MAX_THINGS } from '@gemel/application/composition';
import type { Composition, EntityService, TreeService } from '@gemel/application/composition';
import { parseCount } from '@gemel/model/composition';
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
  LIST_RESPONSE,
  NO_CONTENT_RESPONSE,
  TREE_REFUSED,
} from './responses.js';
import {
  DONE,
  PAGE_OPTION,
  RESET_VALUES,
  TEXT,
  bodyDescription,
  bodyOf,
  contextOf,
  optionOf,
  pageReply,
  prettyReply,
  resetsValues,
} from './wire.js';

const tag = tagOf('types');

/** `/api/types`: a graph whose links carry counts, and the twins made of it. */
export function typeRoutes({ types, trees, integrity }: Composition): readonly Route[] {
  return [
    ...entityRoutes('types', types),
    fixRoute('types', integrity),
    listRoute(types),
    ...linkRoutes(types),
    NO_CASCADE,
    instantiateRoute(trees),
  ];
}

function listRoute(types: EntityService): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/types/all',
    summary: 'List all types: all of them, or one page with `option`',
    tag,
    parameters: [PAGE_OPTION],
    responses: LIST_RESPONSE,
    handler: async (request) => {
      const option = optionOf(request);
      if (option !== undefined) return pageReply(await types.list(option, contextOf(request)));
      // OpenTwins changes the shape beyond 25 types, which breaks its own Grafana app.
      return prettyReply(200, await types.listAll(contextOf(request)));
    },
    refusal,
  });
}

function linkRoutes(types: EntityService): readonly Route[] {
  return [
    defineRoute({
      method: 'PUT',
      path: '/api/types/:id/children/:childId/:numChild',
      summary: 'Make a type a child, `numChild` times for each parent; with a body it is created or replaced',
      tag,
      body: bodyDescription('The child; left out to link only.'),
      responses: { ...DONE_RESPONSE, ...CREATED_RESPONSE, ...NO_CONTENT_RESPONSE, ...LINK_REFUSED },
      handler: async (request) => {
        const link = { parentId: idIn(request), count: parseCount(request.param('numChild'), MAX_THINGS) };
        const childId = parseThingId(request.param('childId'));
        return writtenReply(await types.link(childId, link, bodyOf(request), contextOf(request)));
      },
      refusal,
    }),
    defineRoute({
      method: 'PATCH',
      path: '/api/types/:id/children/:childId/unlink',
      summary: 'Unlink one child',
      tag,
      responses: {
        ...ADDRESSED,
        200: { description: 'Done.', schema: TEXT },
        400: { description: 'The one is not parent of the other.' },
      },
      handler: async (request) => {
        await types.unlink(parseThingId(request.param('childId')), idIn(request), contextOf(request));
        return prettyReply(200, 'The things have been correctly unlinked');
      },
      refusal,
    }),
  ];
}

const NO_CASCADE = defineRoute({
  method: 'DELETE',
  path: '/api/types/:id/children',
  summary: 'Not there: a child may have other parents, so types are not deleted in cascade',
  tag,
  responses: { 404: { description: 'Always.', schema: TEXT } },
  handler: () =>
    prettyReply(404, 'Types are not deleted in cascade. Delete them one by one: the children of each are unlinked.'),
  refusal,
});

function instantiateRoute(trees: TreeService): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/types/:id/create/:twinId',
    summary: 'Create a twin from a type, with all twins below it: all or nothing',
    tag,
    parameters: [RESET_VALUES],
    body: bodyDescription('A JSON merge patch (RFC 7396) of the root twin.'),
    responses: { ...DONE_RESPONSE, ...TREE_REFUSED },
    handler: async (request) => {
      const twinId = parseThingId(request.param('twinId'));
      const copying = { body: bodyOf(request), resetsValues: resetsValues(request) };
      await trees.instantiate(idIn(request), twinId, copying, contextOf(request));
      return DONE;
    },
    refusal,
  });
}
