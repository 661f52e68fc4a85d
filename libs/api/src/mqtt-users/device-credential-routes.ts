import type { DeviceCredentials } from '@gemel/application/mqtt-users';
import { defineRoute, jsonReply } from '../http/index.js';
import type { Route } from '../http/index.js';
import { REFUSALS, schemaRef } from '../openapi/index.js';
import { thingIdIn } from '../things/index.js';

export interface DeviceCredentialRouteParts {
  readonly credentials: DeviceCredentials;
  readonly defaultNamespace: string;
}

const tag = 'MQTT users';
const PATH = '/api/2/mqtt/things/:thingId/credentials';
const ONE = `${PATH}/:label`;
const LIST = { type: 'array', items: { type: 'string' } };
const SHOWN = {
  label: { type: 'string' },
  username: { type: 'string', description: 'With which the device signs in.' },
  subject: { type: 'string', description: 'What policies name it by.' },
  publish: { ...LIST, description: 'Patterns of topics that it may publish on.' },
  subscribe: { ...LIST, description: 'Patterns of topics that it may receive.' },
  issued: { type: 'string', format: 'date-time', description: 'When its password was made.' },
};
const NEW = {
  type: 'object',
  properties: { ...SHOWN, password: { type: 'string', description: 'Shown this once.' } },
};
const { read } = REFUSALS;
const FORBIDDEN = { 403: { description: 'You may not change the policy of the thing.', schema: schemaRef('Error') } };
const TAKEN = {
  409: { description: 'The user is an operator’s, or the thing has too many.', schema: schemaRef('Error') },
};

/** Credentials of devices, for those who may change the policies of their things. */
export function deviceCredentialRoutes(parts: DeviceCredentialRouteParts): readonly Route[] {
  return [list(parts), issue(parts), revoke(parts)];
}

function list({ credentials, defaultNamespace }: DeviceCredentialRouteParts): Route {
  return defineRoute({
    method: 'GET',
    path: PATH,
    summary: 'List the credentials of a device',
    description: 'Not in Ditto. You need WRITE on `policy:/` of the policy of its thing.',
    tag,
    responses: {
      200: {
        description: 'By label, without passwords.',
        schema: { type: 'array', items: { type: 'object', properties: SHOWN } },
      },
      ...read,
      ...FORBIDDEN,
    },
    handler: async (request) =>
      jsonReply(200, await credentials.list(thingIdIn(request, defaultNamespace), request.context())),
  });
}

function issue({ credentials, defaultNamespace }: DeviceCredentialRouteParts): Route {
  return defineRoute({
    method: 'PUT',
    path: ONE,
    summary: 'Make a credential of a device, or a new password for it',
    description:
      'Not in Ditto. The device signs in to the embedded MQTT broker with it. What it may do is what policies grant the subject. ' +
      'A new password ends connections with the old one. You need WRITE on `policy:/` of the policy of its thing.',
    tag,
    responses: {
      200: { description: 'It has a new password.', schema: NEW },
      201: { description: 'Made.', schema: NEW },
      400: { description: 'The label is not valid.', schema: schemaRef('Error') },
      ...read,
      ...FORBIDDEN,
      ...TAKEN,
      429: { description: 'Too many passwords within a minute.', schema: schemaRef('Error') },
    },
    handler: async (request) => {
      const thingId = thingIdIn(request, defaultNamespace);
      const { outcome, json } = await credentials.issue(thingId, request.param('label'), request.context());
      return jsonReply(outcome === 'created' ? 201 : 200, json, { headers: { 'cache-control': 'no-store' } });
    },
  });
}

function revoke({ credentials, defaultNamespace }: DeviceCredentialRouteParts): Route {
  return defineRoute({
    method: 'DELETE',
    path: ONE,
    summary: 'Delete a credential of a device',
    description:
      'Not in Ditto. Its connections and sessions end. You need WRITE on `policy:/` of the policy of its thing.',
    tag,
    responses: { 204: { description: 'Deleted.' }, ...read, ...FORBIDDEN, ...TAKEN },
    handler: async (request) => {
      const thingId = thingIdIn(request, defaultNamespace);
      await credentials.revoke(thingId, request.param('label'), request.context());
      return { status: 204 };
    },
  });
}
