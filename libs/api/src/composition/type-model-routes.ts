import type { TypeModels, TypeServices } from '@gemel/application/type-versions';
import { effectiveTypeJson } from '@gemel/model/types';
import { awaitRead, defineRoute, jsonReply, ownUrl } from '../http/index.js';
import type { Route } from '../http/index.js';
import { TIMEOUT, schemaRef } from '../openapi/index.js';
import { ADDRESSED, TAGS, callerOf, thingIdIn } from './wire.js';

const tag = TAGS.types;
const ANY_OBJECT = { type: 'object' } as const;
const MODEL_REFUSED = {
  ...ADDRESSED,
  400: { description: 'The model is not valid.', schema: schemaRef('Error') },
  403: { description: 'You may not change the type, or may read a part of it only.', schema: schemaRef('Error') },
  409: { description: 'The type would take from itself.', schema: schemaRef('Error') },
  422: { description: 'What it takes from does not exist.', schema: schemaRef('Error') },
};

/** `/api/2/types/{id}/model` and `/effective`: what a type asks of its twins. */
export function typeModelRoutes({ models }: TypeServices): readonly Route[] {
  return [...readRoutes(models), ...writeRoutes(models)];
}

const path = '/api/2/types/:thingId/model';

function writeRoutes(models: TypeModels): readonly Route[] {
  return [
    defineRoute({
      method: 'PUT',
      path,
      summary: 'Say what a type asks of its twins',
      description:
        'Its base and mixins, schemas, initial values and defaults. The whole is worked out before it is stored.',
      tag,
      body: { description: 'The model.', mediaTypes: ['application/json'], schema: ANY_OBJECT },
      responses: {
        201: { description: 'The type had none before.', schema: ANY_OBJECT },
        204: { description: 'It was replaced.' },
        ...MODEL_REFUSED,
      },
      handler: async (request) => {
        const value = request.json();
        const { outcome } = await models.put(thingIdIn(request), value, callerOf(request));
        if (outcome !== 'created') return { status: 204 };
        return jsonReply(201, value, { headers: { location: ownUrl(request) } });
      },
    }),
    defineRoute({
      method: 'DELETE',
      path,
      summary: 'Let a type ask nothing of its twins',
      tag,
      responses: { 204: { description: 'Done.' }, ...ADDRESSED },
      handler: async (request) => {
        await models.delete(thingIdIn(request), callerOf(request));
        return { status: 204 };
      },
    }),
  ];
}

function readRoutes(models: TypeModels): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path,
      summary: 'Retrieve what a type asks of its twins',
      tag,
      parameters: [TIMEOUT],
      responses: { 200: { description: 'The model, as it was written.', schema: ANY_OBJECT }, ...ADDRESSED },
      handler: (request) =>
        awaitRead(request, async () => jsonReply(200, await models.get(thingIdIn(request), callerOf(request)))),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/2/types/:thingId/effective',
      summary: 'Retrieve a type with all that it takes from others',
      description:
        'Bases first, then mixins in their order, then the type: what comes later wins; schemas must all hold.',
      tag,
      parameters: [TIMEOUT],
      responses: {
        200: { description: 'What twins are made from and held to.', schema: ANY_OBJECT },
        ...MODEL_REFUSED,
      },
      handler: (request) =>
        awaitRead(request, async () =>
          jsonReply(200, effectiveTypeJson(await models.effective(thingIdIn(request), callerOf(request)))),
        ),
    }),
  ];
}
