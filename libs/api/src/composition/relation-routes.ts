import type { DirectedRelation, RelationEnds, TwinRelations } from '@gemel/application/composition';
import { CompositionBodyInvalid, CompositionQueryInvalid, parseRelationName } from '@gemel/model/composition';
import { parseThingId } from '@gemel/model/ids';
import { isJsonObject } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import { awaitRead, awaitWrite, defineRoute, jsonReply } from '../http/index.js';
import type { ApiRequest, Route } from '../http/index.js';
import { FILTER, OPTION, TIMEOUT } from '../openapi/index.js';
import { DRY_RUN, PLANNED, bodyOrNothing, planReply } from './change-wire.js';
import { ADDRESSED, TAGS, callerOf, modeOf, pageRequest, thingIdIn } from './wire.js';

const RELATIONS = '/api/2/twins/:thingId/relations';
const RELATION = `${RELATIONS}/:name/:targetId` as const;
const tag = TAGS.twins;

const RELATION_SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    source: { type: 'string', description: 'ID of the twin that it begins at, and that keeps it.' },
    name: { type: 'string' },
    target: { type: 'string', description: 'ID of the twin that it ends at.' },
    properties: { type: 'object', description: 'What is said about it.' },
  },
};

/** Named relations between twins, beside the tree. */
export function relationRoutes(relations: TwinRelations): readonly Route[] {
  return [listRoute(relations), getRoute(relations), ...changeRoutes(relations)];
}

function listRoute(relations: TwinRelations): Route {
  const direction = { type: 'string', enum: ['out', 'in'], default: 'out' };
  return defineRoute({
    method: 'GET',
    path: RELATIONS,
    summary: 'List the relations that begin at a twin, or those that end at it',
    tag,
    parameters: [
      {
        name: 'direction',
        in: 'query',
        description: '`out` for those that begin at it, `in` for those that end at it, by the twins that have them.',
        schema: direction,
      },
      { name: 'name', in: 'query', description: 'Only those of this name.', schema: { type: 'string' } },
      { ...FILTER, description: 'With `direction=in`: RQL on the twins that have them.' },
      { ...OPTION, description: 'With `direction=in`: size, cursor and order of the twins that have them.' },
      TIMEOUT,
    ],
    responses: {
      200: {
        description: 'The relations.',
        schema: {
          type: 'object',
          properties: { items: { type: 'array', items: RELATION_SCHEMA }, cursor: { type: 'string' } },
        },
      },
      ...ADDRESSED,
    },
    handler: (request) =>
      awaitRead(request, async () => {
        const id = thingIdIn(request);
        const text = request.query('name');
        const name = text === undefined ? undefined : parseRelationName(text);
        if (directionIn(request) === 'out') {
          return jsonReply(200, { items: (await relations.from(id, name, callerOf(request))).map(relationJson) });
        }
        const { items, cursor } = await relations.to(id, name, pageRequest(request), callerOf(request));
        return jsonReply(200, { items: items.map(relationJson), ...(cursor === undefined ? {} : { cursor }) });
      }),
  });
}

function getRoute(relations: TwinRelations): Route {
  return defineRoute({
    method: 'GET',
    path: RELATION,
    summary: 'Retrieve a relation between two twins',
    tag,
    parameters: [TIMEOUT],
    responses: { 200: { description: 'The relation.', schema: RELATION_SCHEMA }, ...ADDRESSED },
    handler: (request) =>
      awaitRead(request, async () => {
        const { relation, etag } = await relations.get(endsIn(request), callerOf(request));
        return jsonReply(200, relationJson(relation), { headers: etag === undefined ? {} : { etag } });
      }),
  });
}

function changeRoutes(relations: TwinRelations): readonly Route[] {
  return [
    defineRoute({
      method: 'PUT',
      path: RELATION,
      summary: 'Relate a twin to another one, or replace what is said about that',
      tag,
      parameters: [DRY_RUN],
      body: {
        description: 'What is said about it; nothing when absent.',
        mediaTypes: ['application/json'],
        schema: { type: 'object' },
        optional: true,
      },
      responses: PLANNED,
      handler: (request) =>
        awaitWrite(request, async () => {
          const properties = bodyOrNothing(request);
          if (!isJsonObject(properties)) throw new CompositionBodyInvalid('', 'an object of what is said about it');
          return planReply(await relations.set(endsIn(request), properties, modeOf(request), callerOf(request)));
        }),
    }),
    defineRoute({
      method: 'DELETE',
      path: RELATION,
      summary: 'Remove a relation of a twin',
      tag,
      parameters: [DRY_RUN],
      responses: PLANNED,
      handler: (request) =>
        awaitWrite(request, async () =>
          planReply(await relations.remove(endsIn(request), modeOf(request), callerOf(request))),
        ),
    }),
  ];
}

function endsIn(request: ApiRequest<'thingId' | 'name' | 'targetId'>): RelationEnds {
  const name = parseRelationName(request.param('name'));
  return { source: thingIdIn(request), name, target: parseThingId(request.param('targetId')) };
}

function directionIn(request: ApiRequest): 'out' | 'in' {
  const text = request.query('direction') ?? 'out';
  if (text !== 'out' && text !== 'in') throw new CompositionQueryInvalid('direction', text, 'out or in');
  return text;
}

function relationJson({ source, name, target, properties }: DirectedRelation): JsonObject {
  return { source, name, target, properties };
}
