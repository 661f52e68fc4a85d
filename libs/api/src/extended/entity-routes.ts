import type { EntityService, Written } from '@gemel/application/composition';
import { withoutKind } from '@gemel/model/composition';
import { parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import { defineRoute } from '../http/index.js';
import type { ApiRequest, Reply, Route } from '../http/index.js';
import { childrenRefusal, refusal } from './refusal.js';
import {
  ADDRESSED,
  BODY_REFUSED,
  CREATED_RESPONSE,
  DONE_RESPONSE,
  LIST_RESPONSE,
  NO_CONTENT_RESPONSE,
  THING_RESPONSE,
} from './responses.js';
import {
  DONE,
  NO_CONTENT,
  PAGE_OPTION,
  bodyDescription,
  bodyOf,
  contextOf,
  optionOf,
  pageReply,
  prettyReply,
} from './wire.js';

export type Base = 'types' | 'twins';

const ROOTS_PAGE = 'size(200)';

/** The operations that types and twins share. */
export function entityRoutes(base: Base, entities: EntityService): readonly Route[] {
  return [
    ...collectionRoutes(base, entities),
    ...thingRoutes(base, entities),
    ...childrenRoutes(base, entities),
    ...parentRoutes(base, entities),
  ];
}

export function tagOf(base: Base): string {
  return base === 'types' ? 'Types' : 'Twins';
}

export function idIn(request: ApiRequest<'id'>): ThingId {
  return parseThingId(request.param('id'));
}

/** 201 with the new thing; 200 with an empty string when only a link changed; 204 otherwise. */
export function writtenReply(written: Written): Reply {
  switch (written.outcome) {
    case 'created':
      return prettyReply(201, withoutKind(written.thing));
    case 'modified':
      return NO_CONTENT;
    case 'linked':
      return DONE;
    case 'unchanged':
      // OpenTwins echoes the stored thing here with `_isType`.
      return prettyReply(200, written.thing);
  }
}

function collectionRoutes(base: Base, entities: EntityService): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: `/api/${base}`,
      summary: `List the ${base} that have no parent`,
      tag: tagOf(base),
      parameters: [PAGE_OPTION],
      responses: LIST_RESPONSE,
      handler: async (request) => pageReply(await entities.roots(optionOf(request) ?? ROOTS_PAGE, contextOf(request))),
      refusal,
    }),
    defineRoute({
      method: 'POST',
      path: `/api/${base}`,
      summary: 'Create one; the server chooses the id',
      tag: tagOf(base),
      body: bodyDescription('The thing.'),
      responses: { ...CREATED_RESPONSE, ...BODY_REFUSED },
      handler: async (request) => writtenReply(await entities.create(bodyOf(request), contextOf(request))),
      refusal,
    }),
  ];
}

function thingRoutes(base: Base, entities: EntityService): readonly Route[] {
  const path = `/api/${base}/:id` as const;
  const tag = tagOf(base);
  return [
    defineRoute({
      method: 'GET',
      path,
      summary: 'Retrieve one',
      tag,
      responses: { ...THING_RESPONSE, ...ADDRESSED },
      handler: async (request) => prettyReply(200, await entities.get(idIn(request), contextOf(request))),
      refusal,
    }),
    defineRoute({
      method: 'PUT',
      path,
      summary: 'Create or replace one; its restricted attributes stay',
      tag,
      body: bodyDescription('The thing. Empty: the stored thing is shown.'),
      responses: { ...THING_RESPONSE, ...CREATED_RESPONSE, ...NO_CONTENT_RESPONSE, ...BODY_REFUSED, ...ADDRESSED },
      handler: async (request) => writtenReply(await entities.put(idIn(request), bodyOf(request), contextOf(request))),
      refusal,
    }),
    defineRoute({
      method: 'PATCH',
      path,
      summary: 'Merge into one, or create it; its restricted attributes stay',
      tag,
      body: bodyDescription('A JSON merge patch (RFC 7396).'),
      responses: { ...CREATED_RESPONSE, ...NO_CONTENT_RESPONSE, ...BODY_REFUSED, ...ADDRESSED },
      handler: async (request) =>
        writtenReply(await entities.patch(idIn(request), bodyOf(request), contextOf(request))),
      refusal,
    }),
    defineRoute({
      method: 'DELETE',
      path,
      summary: 'Delete one; its children stay and have one parent less',
      tag,
      responses: { ...NO_CONTENT_RESPONSE, ...ADDRESSED },
      handler: async (request) => {
        await entities.delete(idIn(request), contextOf(request));
        return NO_CONTENT;
      },
      refusal,
    }),
  ];
}

function childrenRoutes(base: Base, entities: EntityService): readonly Route[] {
  const path = `/api/${base}/:id` as const;
  const tag = tagOf(base);
  return [
    defineRoute({
      method: 'GET',
      path: `${path}/children`,
      summary: 'List the children: all of them, or one page with `option`',
      tag,
      parameters: [PAGE_OPTION],
      responses: LIST_RESPONSE,
      handler: async (request) => {
        const option = optionOf(request);
        if (option === undefined) {
          return prettyReply(200, await entities.allChildren(idIn(request), contextOf(request)));
        }
        return pageReply(
          await entities.children(idIn(request), option, contextOf(request)),
          option.includes('cursor('),
        );
      },
      refusal: childrenRefusal,
    }),
    defineRoute({
      method: 'PATCH',
      path: `${path}/children/unlink`,
      summary: 'Unlink all children',
      tag,
      responses: { ...DONE_RESPONSE, ...ADDRESSED },
      handler: async (request) => {
        await entities.unlinkChildren(idIn(request), contextOf(request));
        return DONE;
      },
      refusal,
    }),
  ];
}

function parentRoutes(base: Base, entities: EntityService): readonly Route[] {
  const path = `/api/${base}/:id` as const;
  const tag = tagOf(base);
  return [
    defineRoute({
      method: 'GET',
      path: `${path}/parent`,
      summary: base === 'types' ? 'The parents, with counts' : 'The id of the parent',
      tag,
      responses: {
        ...ADDRESSED,
        200: {
          description: base === 'types' ? 'Counts by parent id.' : 'The id.',
          schema: { type: base === 'types' ? 'object' : 'string' },
        },
      },
      handler: async (request) => prettyReply(200, await entities.parents(idIn(request), contextOf(request))),
      refusal,
    }),
    defineRoute({
      method: 'PATCH',
      path: `${path}/parent/unlink`,
      summary: base === 'types' ? 'Unlink from all parents' : 'Unlink from the parent',
      tag,
      responses: { ...NO_CONTENT_RESPONSE, ...ADDRESSED },
      handler: async (request) => {
        await entities.unlinkParents(idIn(request), contextOf(request));
        return NO_CONTENT;
      },
      refusal,
    }),
  ];
}
