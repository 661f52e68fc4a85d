import type { LinkChange, LinkEnds, Reconciler, TypeLink, TypeLinks } from '@gemel/application/composition';
import { CompositionBodyInvalid, countAt, parseMembers, parseNameTemplate, textAt } from '@gemel/model/composition';
import { parseThingId } from '@gemel/model/ids';
import { member } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import { awaitRead, awaitWrite, defineRoute, jsonReply } from '../http/index.js';
import type { ApiRequest, Route } from '../http/index.js';
import { TIMEOUT } from '../openapi/index.js';
import { DRY_RUN, PLANNED, bodyOrNothing, jsonBody, planReply } from './change-wire.js';
import { ADDRESSED, TAGS, callerOf, flagIn, modeOf, thingIdIn } from './wire.js';

const LINK = '/api/2/types/:thingId/children/:childId';
const LINK_PROPERTIES: JsonObject = {
  count: {
    type: 'integer',
    minimum: 1,
    maximum: 10_000,
    description: 'Instances of the child for each of the parent.',
  },
  name: {
    type: ['string', 'null'],
    description:
      'Names instances: text with `{name}`, `{i}` and `{serial}`; null for the usual `{name}` or `{name}_{i}`.',
  },
};

const POSITION: JsonObject = {
  type: ['integer', 'null'],
  minimum: 0,
  maximum: 10_000,
  description: 'Index among the other children of the parent, from 0; null for where its ID leads.',
};

/** Links between types, and what becomes of twins when they change. */
export function typeLinkRoutes(links: TypeLinks, reconciler: Reconciler): readonly Route[] {
  return [getRoute(links), ...setRoutes(links), removeRoute(links), reconcileRoute(reconciler)];
}

function getRoute(links: TypeLinks): Route {
  return defineRoute({
    method: 'GET',
    path: LINK,
    summary: 'Retrieve the link of a child',
    tag: TAGS.types,
    parameters: [TIMEOUT],
    responses: { 200: { description: 'Count and name.', schema: { type: 'object' } }, ...ADDRESSED },
    handler: (request) =>
      awaitRead(request, async () => {
        const link = await links.get(endsIn(request), callerOf(request));
        const { etag } = link;
        return jsonReply(200, linkJson(link), { headers: etag === undefined ? {} : { etag } });
      }),
  });
}

function setRoutes(links: TypeLinks): readonly Route[] {
  const common = { path: LINK, tag: TAGS.types, parameters: [DRY_RUN], responses: PLANNED } as const;
  const set = (request: ApiRequest<'thingId' | 'childId'>, change: LinkChange) =>
    awaitWrite(request, async () => {
      return planReply(await links.set(endsIn(request), change, modeOf(request), callerOf(request)));
    });
  return [
    defineRoute({
      ...common,
      method: 'PUT',
      summary: 'Make a type a child of another one, or replace the link',
      body: jsonBody('The link.', { ...LINK_PROPERTIES, position: POSITION }),
      handler: (request) => {
        const { count = 1, name = null, position = null } = linkChangeIn(request);
        return set(request, { count, name, position });
      },
    }),
    defineRoute({
      ...common,
      method: 'PATCH',
      summary: 'Change the link of a child; it is made when it is not there',
      body: {
        ...jsonBody('What changes of the link.', { ...LINK_PROPERTIES, position: POSITION }),
        mediaTypes: ['application/merge-patch+json', 'application/json'],
      },
      handler: (request) => set(request, linkChangeIn(request)),
    }),
  ];
}

function removeRoute(links: TypeLinks): Route {
  return defineRoute({
    method: 'DELETE',
    path: LINK,
    summary: 'Unlink a child',
    tag: TAGS.types,
    parameters: [DRY_RUN],
    responses: PLANNED,
    handler: (request) =>
      awaitWrite(request, async () => {
        return planReply(await links.remove(endsIn(request), modeOf(request), callerOf(request)));
      }),
  });
}

function reconcileRoute(reconciler: Reconciler): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/2/types/:thingId/reconcile',
    summary: 'Make the twins of a type have the parts that its links say',
    description:
      'Missing parts are created with all below them, under the lowest free numbers. `surplus` lists parts beyond the count, the last ones; they are deleted only with `removeSurplus`.',
    tag: TAGS.types,
    parameters: [DRY_RUN],
    body: jsonBody(
      'How.',
      { removeSurplus: { type: 'boolean' }, resetValues: { type: 'boolean', description: 'As with instances.' } },
      true,
    ),
    responses: PLANNED,
    handler: (request) =>
      awaitWrite(request, async () => {
        const body = parseMembers(bodyOrNothing(request), [], ['removeSurplus', 'resetValues']);
        const removeSurplus = flagAt(body, 'removeSurplus');
        const asked = { removeSurplus, resetValues: flagAt(body, 'resetValues'), dryRun: flagIn(request, 'dryRun') };
        const outcome = await reconciler.reconcile(thingIdIn(request), asked, callerOf(request));
        return planReply(outcome, { more: { surplus: outcome.surplus } });
      }),
  });
}

function endsIn(request: ApiRequest<'thingId' | 'childId'>): LinkEnds {
  return { parentId: thingIdIn(request), childId: parseThingId(request.param('childId')) };
}

function linkChangeIn(request: ApiRequest): LinkChange {
  const body = parseMembers(bodyOrNothing(request), [], ['count', 'name', 'position']);
  const count = countAt(body, 'count', [], 1);
  const position = member(body, 'position') === null ? null : countAt(body, 'position', [], 0);
  const name = member(body, 'name') === null ? null : textAt(body, 'name', []);
  if (typeof name === 'string') parseNameTemplate(name);
  return { count, name, position };
}

function flagAt(body: JsonObject, name: string): boolean {
  const flag = member(body, name) ?? false;
  if (typeof flag !== 'boolean') throw new CompositionBodyInvalid(`/${name}`, 'true or false');
  return flag;
}

function linkJson({ count, name, position }: TypeLink): JsonObject {
  return { count, ...(name === undefined ? {} : { name }), ...(position === undefined ? {} : { position }) };
}
