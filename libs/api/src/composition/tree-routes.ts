import type { CompositionReader } from '@gemel/application/composition';
import { awaitRead, defineRoute, jsonReply } from '../http/index.js';
import type { Route } from '../http/index.js';
import { FIELDS, TIMEOUT } from '../openapi/index.js';
import { ADDRESSED, TAGS, TOO_LARGE, callerOf, numberIn, thingIdIn } from './wire.js';

/** Deeper trees are read in parts: nobody's JSON parser is made for thousands of levels. */
const MAX_DEPTH = 200;

/** `/api/2/twins/{id}/tree` */
export function treeRoutes(reader: CompositionReader): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/2/twins/:thingId/tree',
      summary: 'Retrieve a twin with all twins below it',
      description:
        'Each twin has its `children`, ordered by position and then by thing ID; those at the lowest level asked for have none shown, and no member `children`. A twin of which you may read nothing is left out, with all below it.',
      tag: TAGS.twins,
      parameters: [
        {
          name: 'depth',
          in: 'query',
          description: `Levels below the twin, ${String(MAX_DEPTH)} at most, which is the default.`,
          schema: { type: 'integer', minimum: 0, maximum: MAX_DEPTH },
        },
        { ...FIELDS, description: `${FIELDS.description} For each twin of the tree; \`_policy\` is left out.` },
        TIMEOUT,
      ],
      responses: { 200: { description: 'The tree.', schema: { type: 'object' } }, ...ADDRESSED, ...TOO_LARGE },
      handler: (request) =>
        awaitRead(request, async () => {
          const depth = numberIn(request, 'depth', { max: MAX_DEPTH, usual: MAX_DEPTH });
          const asked = { depth, fields: request.fields() };
          return jsonReply(200, await reader.tree(thingIdIn(request), asked, callerOf(request)));
        }),
    }),
  ];
}
