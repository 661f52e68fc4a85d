import type { MqttUsers } from '@gemel/application/mqtt-users';
import { defineRoute, jsonReply } from '../http/index.js';
import type { Parameter, Route } from '../http/index.js';
import { REFUSALS, schemaRef } from '../openapi/index.js';

const tag = 'MQTT users';
const access = 'operator';
const PATH = '/api/2/mqtt/users';
const ONE = `${PATH}/:username`;
const MAX_LISTED = 1_000;
const LIST = { type: 'array', items: { type: 'string' } };
const SCHEMA = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    password: { type: 'string', description: 'Never shown. Without it, the one that is known stays.' },
    thingId: { type: 'string', description: 'For the placeholders of the patterns.' },
    subjects: { ...LIST, description: 'Whose authority its messages have; without any, `mqtt:` and the name.' },
    publish: { ...LIST, description: 'Patterns of topics that it may publish on, such as `telemetry/{{ thing:id }}`.' },
    subscribe: { ...LIST, description: 'Patterns of topics that it may receive.' },
    issued: {
      type: 'string',
      format: 'date-time',
      description:
        'When its password was made: of a credential of its thing. Without it, it is not its owners’ to manage.',
    },
  },
};
const NO_SUCH = { 404: { description: 'There is no such user.', schema: schemaRef('Error') } };
const AFTER: Parameter = {
  name: 'after',
  in: 'query',
  description: 'Lists those whose names come after it.',
  schema: { type: 'string' },
};

/** Users of the embedded broker, mostly devices. */
export function mqttUserRoutes(users: MqttUsers): readonly Route[] {
  return [list(users), retrieve(users), put(users), remove(users)];
}

function list(users: MqttUsers): Route {
  return defineRoute({
    method: 'GET',
    path: PATH,
    summary: 'List the users of the embedded MQTT broker',
    description: `By name, at most ${MAX_LISTED}; those in GEMEL_USERS are not among them.`,
    tag,
    access,
    parameters: [AFTER],
    responses: { 200: { description: 'The users.', schema: { type: 'array', items: SCHEMA } } },
    handler: async (request) => jsonReply(200, await users.list(request.query('after'), MAX_LISTED)),
  });
}

function retrieve(users: MqttUsers): Route {
  return defineRoute({
    method: 'GET',
    path: ONE,
    summary: 'Retrieve an MQTT user',
    tag,
    access,
    responses: { 200: { description: 'The user, without the password.', schema: SCHEMA }, ...NO_SUCH },
    handler: async (request) => jsonReply(200, await users.retrieve(request.param('username'))),
  });
}

function put(users: MqttUsers): Route {
  return defineRoute({
    method: 'PUT',
    path: ONE,
    summary: 'Create or modify an MQTT user',
    description: 'Connections of a user that was modified end, so that they come again with what it may do now.',
    tag,
    access,
    body: { description: 'The user.', mediaTypes: ['application/json'], schema: SCHEMA },
    responses: {
      201: { description: 'Created.', schema: SCHEMA },
      204: { description: 'Modified.' },
      400: { description: 'The user is not valid.', schema: schemaRef('Error') },
      ...REFUSALS.media,
    },
    handler: async (request) => {
      const { outcome, json } = await users.put(request.param('username'), request.json());
      return outcome === 'created' ? jsonReply(201, json) : { status: 204 };
    },
  });
}

function remove(users: MqttUsers): Route {
  return defineRoute({
    method: 'DELETE',
    path: ONE,
    summary: 'Delete an MQTT user',
    description: 'Its connections and sessions end.',
    tag,
    access,
    responses: { 204: { description: 'Deleted.' }, ...NO_SUCH },
    handler: async (request) => {
      await users.remove(request.param('username'));
      return { status: 204 };
    },
  });
}
