import type { Move, PlanOutcome, TwinChanges } from '@gemel/application/composition';
import { CompositionBodyInvalid, countAt, idAt, parseMembers, parseTwinRequest } from '@gemel/model/composition';
import type { Kind } from '@gemel/model/composition';
import { member } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import { awaitWrite, defineRoute } from '../http/index.js';
import type { ApiRequest, Reply, Route } from '../http/index.js';
import { DRY_RUN, PLANNED, PLANNED_CREATION, bodyOrNothing, jsonBody, planReply } from './change-wire.js';
import { TAGS, callerOf, flagIn, modeOf, thingIdIn } from './wire.js';

const TWIN_PROPERTIES: JsonObject = {
  thingId: { type: 'string', description: 'ID of the new root; the server chooses when absent.' },
  parent: { type: 'string', description: 'Twin that the new root is a child of.' },
  position: {
    type: 'integer',
    minimum: 0,
    maximum: 10_000,
    description: 'Index among the children of `parent`, from 0; by its ID when absent.',
  },
  policyId: { type: 'string', description: 'Policy of all new twins.' },
  policy: {
    enum: ['share', 'copy'],
    description: 'Whether new twins have the policies of what they are made of (usual), or copies of these.',
  },
  values: { type: 'object', description: 'Merge patch (RFC 7396) of the root.' },
  resetValues: { type: 'boolean', description: 'Whether values of features are null; those of `values` stay.' },
  children: {
    type: 'object',
    description:
      'By the ID of a child type: a count, or `{count, ids, serials, values, children}`. What is absent is as the link says.',
  },
};

const VERSION: JsonObject = {
  type: 'string',
  description: 'Version of the type that twins are made of, and held to; as the type is now when absent.',
};

/** Instances of types, and changes of trees of twins. */
export function twinChangeRoutes(twins: TwinChanges): readonly Route[] {
  return [...creationRoutes(twins), moveRoute(twins), deleteRoute(twins)];
}

function creationRoutes(twins: TwinChanges): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/2/types/:thingId/instances',
      summary: 'Create a twin from a type, with all twins below it: all or nothing',
      tag: TAGS.types,
      parameters: [DRY_RUN],
      body: jsonBody('What to make of it.', { ...TWIN_PROPERTIES, version: VERSION }, true),
      responses: PLANNED_CREATION,
      handler: (request) => create(request, 'type', (...asked) => twins.instantiate(...asked)),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/2/twins/:thingId/duplicate',
      summary: 'Copy a twin with all twins below it: all or nothing',
      tag: TAGS.twins,
      parameters: [DRY_RUN],
      body: jsonBody('What to make of it.', TWIN_PROPERTIES, true),
      responses: PLANNED_CREATION,
      handler: (request) => create(request, 'twin', (...asked) => twins.duplicate(...asked)),
    }),
  ];
}

function create(request: ApiRequest<'thingId'>, source: Kind, make: TwinChanges['instantiate']): Promise<Reply> {
  return awaitWrite(request, async () => {
    const asked = parseTwinRequest(bodyOrNothing(request), source);
    const outcome = await make(thingIdIn(request), asked, modeOf(request), callerOf(request));
    return planReply(outcome, { status: 201, headers: locationOf(request, outcome) });
  });
}

function locationOf(request: ApiRequest, { dryRun, steps }: PlanOutcome): Record<string, string> {
  const root = steps[0]?.command.thingId;
  if (dryRun || root === undefined) return {};
  return { location: `${request.origin}/api/2/twins/${encodeURIComponent(root).replaceAll('%3A', ':')}` };
}

function moveRoute(twins: TwinChanges): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/2/twins/:thingId/move',
    summary: 'Give a twin another parent or none, all twins below it with it, or another position among its siblings',
    tag: TAGS.twins,
    parameters: [DRY_RUN],
    body: jsonBody('Where to.', {
      parent: { type: ['string', 'null'], description: 'The new parent; null for none, as it is when absent.' },
      position: {
        type: ['integer', 'null'],
        minimum: 0,
        maximum: 10_000,
        description: 'Index among the other children of the parent, from 0; null for where its ID leads.',
      },
    }),
    responses: PLANNED,
    handler: (request) =>
      awaitWrite(request, async () =>
        planReply(await twins.move(thingIdIn(request), moveIn(request), modeOf(request), callerOf(request))),
      ),
  });
}

function moveIn(request: ApiRequest): Move {
  const body = parseMembers(request.json(), [], ['parent', 'position']);
  const isNone = (name: string) => member(body, name) === null;
  const parent = isNone('parent') ? null : idAt(body, 'parent', []);
  const position = isNone('position') ? null : countAt(body, 'position', [], 0);
  if (parent === undefined && position === undefined)
    throw new CompositionBodyInvalid('/parent', 'the ID of a twin, or null; or a `position` instead');
  return { parent, position };
}

function deleteRoute(twins: TwinChanges): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/api/2/twins/:thingId',
    summary: 'Delete a twin: its children are unlinked, or deleted with all below them',
    tag: TAGS.twins,
    parameters: [
      {
        name: 'tree',
        in: 'query',
        description: '`true` deletes all twins below it, too.',
        schema: { type: 'boolean' },
      },
      DRY_RUN,
    ],
    responses: PLANNED,
    handler: (request) =>
      awaitWrite(request, async () => {
        const asked = { ...modeOf(request), tree: flagIn(request, 'tree') };
        return planReply(await twins.delete(thingIdIn(request), asked, callerOf(request)));
      }),
  });
}
