import type { ConnectionManagement } from '@gemel/application/connections';
import { parseConnectionId } from '@gemel/model/connections';
import type { ConnectionId } from '@gemel/model/connections';
import { parseFieldSelector, selectFields, withoutMember } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import type { ApiRequest, Route } from '../http/index.js';
import { refusal } from './refusal.js';
import { DONE_RESPONSE, NO_CONTENT_RESPONSE } from './responses.js';
import { DONE, NO_CONTENT, prettyReply } from './wire.js';

type Managed = Pick<ConnectionManagement, 'connections' | 'control'>;

type Responses = Route['responses'];

const ID_AND_NAME = parseFieldSelector('id,name');
const CONNECTION: JsonObject = { type: 'object' };
const NOT_FOUND: Responses = { 404: { description: 'There is no such connection.' } };
const CHANGEABLE: Responses = { ...NOT_FOUND, 409: { description: 'It is part of Gemel and cannot be changed.' } };
const HIDDEN = ['_revision', '_created', '_modified'];

/**
 * `/api/connections` of OpenTwins, for operators: it goes round Ditto's rights there. What it takes as a piggyback command
 * is beside Ditto's own piggyback.
 */
export function connectionFacadeRoutes(managed: Managed): readonly Route[] {
  return [...readRoutes(managed), ...changeRoutes(managed)];
}

function readRoutes({ connections }: Managed): readonly Route[] {
  return [
    operatorRoute({
      method: 'GET',
      path: '/api/connections/ids',
      summary: 'The ids and names of all connections',
      responses: { 200: { description: 'Of each, its id and name.', schema: { type: 'array', items: CONNECTION } } },
      handler: async () => {
        const all = await connections.list();
        return prettyReply(
          200,
          all.map(({ json }) => selectFields(json, ID_AND_NAME)),
        );
      },
    }),
    operatorRoute({
      method: 'GET',
      path: '/api/connections/:id',
      summary: 'Retrieve a connection',
      responses: { 200: { description: 'The connection.', schema: CONNECTION }, ...NOT_FOUND },
      handler: async (request) => {
        const { json } = await connections.retrieve(idIn(request), {});
        return prettyReply(200, HIDDEN.reduce(withoutMember, json));
      },
    }),
  ];
}

function changeRoutes({ connections, control }: Managed): readonly Route[] {
  return [
    operatorRoute({
      method: 'PUT',
      path: '/api/connections/:id/open',
      summary: 'Open a connection',
      responses: { ...DONE_RESPONSE, ...CHANGEABLE },
      handler: async (request) => {
        await control.open(idIn(request));
        return DONE;
      },
    }),
    operatorRoute({
      method: 'PUT',
      path: '/api/connections/:id/close',
      summary: 'Close a connection',
      responses: { ...DONE_RESPONSE, ...CHANGEABLE },
      handler: async (request) => {
        await control.close(idIn(request));
        return DONE;
      },
    }),
    operatorRoute({
      method: 'PUT',
      path: '/api/connections/:id/delete',
      summary: 'Delete a connection',
      responses: { ...NO_CONTENT_RESPONSE, ...CHANGEABLE },
      handler: async (request) => {
        await connections.remove(idIn(request), {});
        return NO_CONTENT;
      },
    }),
  ];
}

function operatorRoute(route: Pick<Route, 'method' | 'path' | 'summary' | 'responses' | 'handler'>): Route {
  return { ...route, tag: 'Connections', access: 'operator', refusal };
}

/** @throws ConnectionIdInvalid */
function idIn(request: ApiRequest): ConnectionId {
  return parseConnectionId(request.param('id'));
}
