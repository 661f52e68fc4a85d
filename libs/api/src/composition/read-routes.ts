import type { CompositionReader } from '@gemel/application/composition';
import { awaitRead, defineRoute, entityReply, jsonReply, ownUrl } from '../http/index.js';
import type { Route } from '../http/index.js';
import { FIELDS, FILTER, OPTION, TIMEOUT } from '../openapi/index.js';
import {
  ADDRESSED,
  PAGE_RESPONSE,
  TAGS,
  THING_RESPONSE,
  TOO_LARGE,
  callerOf,
  flagIn,
  pageReply,
  pageRequest,
  thingIdIn,
} from './wire.js';
import type { Base } from './wire.js';

const PAGE = [FILTER, OPTION, FIELDS, TIMEOUT];

/** What types and twins alike are read by. */
export function readRoutes(base: Base, reader: CompositionReader): readonly Route[] {
  return [listRoute(base, reader), oneRoute(base, reader), ...relativeRoutes(base, reader)];
}

function oneRoute(base: Base, reader: CompositionReader): Route {
  return defineRoute({
    method: 'GET',
    path: `/api/2/${base}/:thingId`,
    summary: 'Retrieve one, as a thing',
    tag: TAGS[base],
    parameters: [FIELDS, TIMEOUT],
    responses: { ...THING_RESPONSE, ...ADDRESSED },
    handler: (request) =>
      awaitRead(request, async () =>
        entityReply(await reader.one(thingIdIn(request), request.fields(), request.context()), () => ownUrl(request)),
      ),
  });
}

function relativeRoutes(base: Base, reader: CompositionReader): readonly Route[] {
  const tag = TAGS[base];
  const path = `/api/2/${base}/:thingId` as const;
  return [
    defineRoute({
      method: 'GET',
      path: `${path}/children`,
      summary: 'List the children, page by page',
      tag,
      parameters: PAGE,
      responses: { ...PAGE_RESPONSE, ...ADDRESSED },
      handler: (request) =>
        awaitRead(request, async () =>
          pageReply(await reader.children(thingIdIn(request), pageRequest(request), callerOf(request))),
        ),
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/descendants`,
      summary: 'List all that is below, page by page',
      tag,
      parameters: PAGE,
      responses: { ...PAGE_RESPONSE, ...ADDRESSED, ...TOO_LARGE },
      handler: (request) =>
        awaitRead(request, async () =>
          pageReply(await reader.descendants(thingIdIn(request), pageRequest(request), callerOf(request))),
        ),
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/ancestors`,
      summary: 'List all that is above, the nearest first',
      tag,
      parameters: [FIELDS, TIMEOUT],
      responses: { ...PAGE_RESPONSE, ...ADDRESSED },
      handler: (request) =>
        awaitRead(request, async () =>
          jsonReply(200, { items: await reader.ancestors(thingIdIn(request), request.fields(), callerOf(request)) }),
        ),
    }),
  ];
}

function listRoute(base: Base, reader: CompositionReader): Route {
  return defineRoute({
    method: 'GET',
    path: `/api/2/${base}`,
    summary: `List the ${base}, page by page`,
    tag: TAGS[base],
    parameters: [
      {
        name: 'roots',
        in: 'query',
        description: '`true` lists those without a parent only.',
        schema: { type: 'boolean' },
      },
      ...PAGE,
    ],
    responses: PAGE_RESPONSE,
    handler: (request) =>
      awaitRead(request, async () => {
        const which = flagIn(request, 'roots') ? 'roots' : 'all';
        return pageReply(await reader.list(pageRequest(request), which, callerOf(request)));
      }),
  });
}
