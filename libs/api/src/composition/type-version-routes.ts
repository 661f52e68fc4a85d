import type { FrozenTypes, TypeServices, VersionRequest } from '@gemel/application/type-versions';
import { typeVersionJson } from '@gemel/application/types';
import { isJsonObject, member } from '@gemel/model/json';
import type { JsonValue } from '@gemel/model/json';
import { VersionRequestInvalid, parseVersion } from '@gemel/model/types';
import { awaitRead, defineRoute, jsonReply, urlBelow } from '../http/index.js';
import type { Route } from '../http/index.js';
import { TIMEOUT, schemaRef } from '../openapi/index.js';
import { ADDRESSED, TAGS, callerOf, thingIdIn } from './wire.js';

const tag = TAGS.types;
const VERSION = { type: 'object' } as const;
const MAX_NOTE = 2_000;

/** `/api/2/types/{id}/versions` */
export function typeVersionRoutes({ versions }: TypeServices): readonly Route[] {
  return [creationRoute(versions), ...readRoutes(versions)];
}

const path = '/api/2/types/:thingId/versions';

function creationRoute(versions: FrozenTypes): Route {
  return defineRoute({
    method: 'POST',
    path,
    summary: 'Freeze a type as a version',
    description:
      'With all that it takes from others, and with its children. It never changes, and stays when the type is deleted.',
    tag,
    body: {
      description: 'The number as in Semantic Versioning, higher than those before.',
      mediaTypes: ['application/json'],
      schema: {
        type: 'object',
        properties: { version: { type: 'string' }, note: { type: 'string' }, allowOlder: { type: 'boolean' } },
        required: ['version'],
      },
    },
    responses: {
      201: { description: 'The version.', schema: VERSION },
      400: { description: 'The number, or the model of the type, is not valid.', schema: schemaRef('Error') },
      403: { description: 'You may not change the type.', schema: schemaRef('Error') },
      409: { description: 'There is such a version, or a newer one.', schema: schemaRef('Error') },
      422: { description: 'What the type takes from does not exist.', schema: schemaRef('Error') },
      ...ADDRESSED,
    },
    handler: async (request) => {
      const frozen = await versions.create(thingIdIn(request), parseRequest(request.json()), callerOf(request));
      return jsonReply(201, typeVersionJson(frozen), {
        headers: { location: urlBelow(request, frozen.version) },
      });
    },
  });
}

function readRoutes(versions: FrozenTypes): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path,
      summary: 'List the versions of a type, the oldest first',
      tag,
      parameters: [TIMEOUT],
      responses: { 200: { description: 'All of them, without their content.', schema: VERSION }, ...ADDRESSED },
      handler: (request) =>
        awaitRead(request, async () => {
          const all = await versions.list(thingIdIn(request), callerOf(request));
          return jsonReply(200, {
            items: all.map((frozen) => {
              const { version, note, revision, frozenAt } = typeVersionJson(frozen);
              return {
                version: version ?? '',
                ...(note === undefined ? {} : { note }),
                revision: revision ?? 0,
                frozenAt: frozenAt ?? '',
              };
            }),
          });
        }),
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/:version`,
      summary: 'Retrieve a version of a type',
      tag,
      parameters: [TIMEOUT],
      responses: { 200: { description: 'The type as it was frozen.', schema: VERSION }, ...ADDRESSED },
      handler: (request) =>
        awaitRead(request, async () => {
          const version = parseVersion(request.param('version'));
          return jsonReply(200, typeVersionJson(await versions.get(thingIdIn(request), version, callerOf(request))));
        }),
    }),
  ];
}

function parseRequest(body: JsonValue): VersionRequest {
  if (!isJsonObject(body)) throw new VersionRequestInvalid('the body is no object');
  const [version, note, allowOlder = false] = ['version', 'note', 'allowOlder'].map((key) => member(body, key));
  const stranger = Object.keys(body).find((key) => !['version', 'note', 'allowOlder'].includes(key));
  if (stranger !== undefined) throw new VersionRequestInvalid(`'${stranger.slice(0, 100)}' is not known`);
  if (typeof version !== 'string') throw new VersionRequestInvalid('it has no version');
  if (note !== undefined && (typeof note !== 'string' || note.length > MAX_NOTE))
    throw new VersionRequestInvalid(`the note must be a text of ${MAX_NOTE} characters at most`);
  if (typeof allowOlder !== 'boolean') throw new VersionRequestInvalid('allowOlder must be true or false');
  return { version: parseVersion(version), note, allowOlder };
}
