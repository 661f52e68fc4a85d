import type { ConnectionManagement } from '@gemel/application/connections';
import { ConnectionNotAccessible, parseConnectionId } from '@gemel/model/connections';
import type { ConnectionId } from '@gemel/model/connections';
import { selectFields, withoutMember } from '@gemel/model/json';
import type { FieldSelector, JsonObject } from '@gemel/model/json';
import { defineRoute, entityReply, jsonReply, urlBelow } from '../http/index.js';
import type { ApiRequest, Parameter, Reply, Route } from '../http/index.js';
import { FIELDS, PAST, PRECONDITIONS, REFUSALS, schemaRef } from '../openapi/index.js';

export type ConnectionRouteParts = Pick<ConnectionManagement, 'connections' | 'control'>;

const tag = 'Connections';
const access = 'operator';
const PATH = '/api/2/connections';
const ONE = `${PATH}/:connectionId`;
const NO_SUCH = { 404: { description: 'There is no such connection.', schema: schemaRef('Error') } };
const REFUSED = { 400: { description: 'The ID or the connection is not valid.', schema: schemaRef('Error') } };
const BODY = {
  description: 'The connection, as Ditto has it.',
  mediaTypes: ['application/json'],
  schema: schemaRef('Connection'),
};

const IDS_ONLY: Parameter = {
  name: 'ids-only',
  in: 'query',
  description: '`true`: only the IDs.',
  schema: { type: 'boolean' },
};
const DRY_RUN: Parameter = {
  name: 'dry-run',
  in: 'query',
  description: '`true`: connects, tells whether that works, and forgets the connection.',
  schema: { type: 'boolean' },
};

/** Ditto's `/api/2/connections`: what connections there are, how they are doing, and what they are to do. */
export function connectionManagementRoutes(parts: ConnectionRouteParts): readonly Route[] {
  return [
    list(parts),
    create(parts),
    retrieve(parts),
    modify(parts),
    remove(parts),
    command(parts),
    view('status', 'How a connection is doing', (id) => parts.control.status(id)),
    view('metrics', 'What happened to the messages of a connection', (id) => parts.control.metrics(id)),
    view('logs', 'What a connection has logged', (id) => parts.control.logs(id)),
    view(
      'unseen-addresses',
      'Addresses of whose messages no mapping of a connection makes anything',
      (id) => parts.control.unseen(id),
      'The last 200, the latest first; resetting the metrics empties the list. Not in Ditto.',
    ),
  ];
}

function list({ connections }: ConnectionRouteParts): Route {
  return defineRoute({
    method: 'GET',
    path: PATH,
    summary: 'List connections',
    description: 'At most 100, unless only their IDs are wanted. Secrets are hidden.',
    tag,
    access,
    parameters: [FIELDS, IDS_ONLY],
    responses: { 200: { description: 'The connections, or their IDs.', schema: { type: 'array' } }, ...REFUSED },
    handler: async (request) => {
      const fields = fieldsIn(request);
      const idsOnly = request.query('ids-only');
      // As in Ditto: whoever wants nothing but the IDs gets a list of texts.
      const isIdsOnly = idsOnly === undefined ? isOnlyId(request) : idsOnly.toLowerCase() === 'true';
      if (isIdsOnly) return jsonReply(200, [...(await connections.ids())]);
      return jsonReply(
        200,
        (await connections.list()).map(({ json }) => selected(json, fields)),
      );
    },
  });
}

function create({ connections, control }: ConnectionRouteParts): Route {
  return defineRoute({
    method: 'POST',
    path: PATH,
    summary: 'Create a connection with an ID of the server’s choice, or test one',
    tag,
    access,
    parameters: [DRY_RUN],
    body: BODY,
    responses: {
      200: { description: 'It works; only with `dry-run`.', schema: { type: 'string' } },
      201: { description: 'Created; Location says where.', schema: schemaRef('Connection') },
      ...REFUSED,
      504: { description: 'It does not work; only with `dry-run`.', schema: schemaRef('Error') },
      ...REFUSALS.media,
    },
    handler: async (request) => {
      const json = request.json();
      if (request.query('dry-run')?.toLowerCase() === 'true') return jsonReply(200, await connections.test(json));
      const created = await control.create(json);
      const { revision, etag } = created;
      return entityReply({ outcome: 'created', value: usual(created.json), revision, etag }, () =>
        urlBelow(request, created.id),
      );
    },
  });
}

function retrieve({ connections }: ConnectionRouteParts): Route {
  return defineRoute({
    method: 'GET',
    path: ONE,
    summary: 'Retrieve a connection',
    description: 'Secrets are hidden: `*****` stands where they are.',
    tag,
    access,
    parameters: [FIELDS, ...PRECONDITIONS, ...PAST],
    responses: {
      200: { description: 'The connection.', schema: schemaRef('Connection') },
      304: { description: 'It still has the entity tag.' },
      ...REFUSED,
      ...NO_SUCH,
    },
    handler: async (request) => {
      const id = idIn(request);
      const fields = fieldsIn(request);
      const { past, preconditions = {} } = request.context();
      const found =
        past === undefined ? await connections.retrieve(id, preconditions) : await connections.retrievePast(id, past);
      const { revision, etag } = found;
      return entityReply({ outcome: 'retrieved', value: selected(found.json, fields), revision, etag }, () => '');
    },
  });
}

function modify({ connections }: ConnectionRouteParts): Route {
  return defineRoute({
    method: 'PUT',
    path: ONE,
    summary: 'Modify a connection',
    description: 'Where `*****` stands in the place of a secret, the one that is known stays.',
    tag,
    access,
    parameters: [...PRECONDITIONS],
    body: BODY,
    responses: { 204: { description: 'Modified.' }, ...REFUSED, ...NO_SUCH, ...REFUSALS.media },
    handler: async (request) => {
      const id = idIn(request);
      const { preconditions = {} } = request.context();
      const { revision, etag } = await connections.modify(id, request.json(), preconditions);
      return entityReply({ outcome: 'modified', revision, etag }, () => '');
    },
  });
}

function remove({ connections }: ConnectionRouteParts): Route {
  return defineRoute({
    method: 'DELETE',
    path: ONE,
    summary: 'Delete a connection',
    tag,
    access,
    parameters: [...PRECONDITIONS],
    responses: { 204: { description: 'Deleted; it is closed.' }, ...REFUSED, ...NO_SUCH },
    handler: async (request) => {
      const { preconditions = {} } = request.context();
      const revision = await connections.remove(idIn(request), preconditions);
      return entityReply({ outcome: 'deleted', revision }, () => '');
    },
  });
}

function command({ control }: ConnectionRouteParts): Route {
  return defineRoute({
    method: 'POST',
    path: `${ONE}/command`,
    summary: 'Have a connection do something',
    tag,
    access,
    body: {
      description:
        'One of `connectivity.commands:openConnection`, `closeConnection`, `resetConnectionMetrics`, `enableConnectionLogs` and `resetConnectionLogs`.',
      mediaTypes: ['text/plain', 'application/octet-stream'],
      schema: { type: 'string' },
    },
    responses: {
      200: { description: 'Done. A connection that is opened is open.' },
      ...REFUSED,
      ...NO_SUCH,
      503: { description: 'It has not opened in time.', schema: schemaRef('Error') },
      504: { description: 'It cannot be opened.', schema: schemaRef('Error') },
    },
    handler: async (request): Promise<Reply> => {
      await control.command(idIn(request), request.text().trim());
      return { status: 200 };
    },
  });
}

function view(
  name: string,
  summary: string,
  look: (id: ConnectionId) => Promise<JsonObject>,
  shown = 'As Ditto shows it.',
): Route {
  return defineRoute({
    method: 'GET',
    path: `${ONE}/${name}`,
    summary,
    tag,
    access,
    responses: { 200: { description: shown, schema: { type: 'object' } }, ...REFUSED, ...NO_SUCH },
    handler: async (request) => jsonReply(200, await look(idIn(request))),
  });
}

/** @throws ConnectionIdInvalid */
function idIn(request: ApiRequest<'connectionId'>): ConnectionId {
  const text = request.param('connectionId');
  if (text === '') throw new ConnectionNotAccessible(text);
  return parseConnectionId(text);
}

/** @throws JsonFieldSelectorInvalid */
function fieldsIn(request: ApiRequest): FieldSelector | undefined {
  return request.fields();
}

function isOnlyId(request: ApiRequest): boolean {
  return request.queryAll('fields').join(',').replace(/^\//, '') === 'id';
}

function selected(json: JsonObject, fields: FieldSelector | undefined): JsonObject {
  return fields === undefined ? usual(json) : selectFields(json, fields);
}

/** What is shown to those who do not ask for anything else. */
function usual(json: JsonObject): JsonObject {
  return ['_revision', '_created', '_modified'].reduce(withoutMember, json);
}
