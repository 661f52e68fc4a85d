import type { ConnectionManagement } from '@gemel/application/connections';
import { parseConnectionId } from '@gemel/model/connections';
import type { ConnectionId } from '@gemel/model/connections';
import { parseFieldSelector, selectFields, withoutMember } from '@gemel/model/json';
import type { ApiRequest, Method, Reply, Route } from '../http/index.js';
import { refusal } from './refusal.js';
import { DONE_RESPONSE, NO_CONTENT_RESPONSE } from './responses.js';
import { DONE, NO_CONTENT, prettyReply } from './wire.js';

type Managed = Pick<ConnectionManagement, 'connections' | 'control'>;

const ID_AND_NAME = parseFieldSelector('id,name');
const HIDDEN = ['_revision', '_created', '_modified'];

/**
 * `/api/connections` of OpenTwins, for operators: it goes round Ditto's rights there. What it takes as a piggyback command
 * is beside Ditto's own piggyback.
 */
export function connectionFacadeRoutes({ connections, control }: Managed): readonly Route[] {
  return [
    operatorRoute('GET', '/api/connections/ids', 'The ids and names of all connections', async () => {
      const all = await connections.list();
      return prettyReply(
        200,
        all.map(({ json }) => selectFields(json, ID_AND_NAME)),
      );
    }),
    operatorRoute('GET', '/api/connections/:id', 'Retrieve a connection', async (request) => {
      const { json } = await connections.retrieve(idIn(request), {});
      return prettyReply(200, HIDDEN.reduce(withoutMember, json));
    }),
    operatorRoute('PUT', '/api/connections/:id/open', 'Open a connection', async (request) => {
      await control.open(idIn(request));
      return DONE;
    }),
    operatorRoute('PUT', '/api/connections/:id/close', 'Close a connection', async (request) => {
      await control.close(idIn(request));
      return DONE;
    }),
    operatorRoute('PUT', '/api/connections/:id/delete', 'Delete a connection', async (request) => {
      await connections.remove(idIn(request), {});
      return NO_CONTENT;
    }),
  ];
}

function operatorRoute(
  method: Method,
  path: string,
  summary: string,
  handler: (request: ApiRequest) => Promise<Reply>,
): Route {
  return {
    method,
    path,
    summary,
    tag: 'Connections',
    access: 'operator',
    responses: { ...(path.endsWith('/delete') ? NO_CONTENT_RESPONSE : DONE_RESPONSE) },
    handler,
    refusal,
  };
}

/** @throws ConnectionIdInvalid */
function idIn(request: ApiRequest): ConnectionId {
  return parseConnectionId(request.param('id'));
}
