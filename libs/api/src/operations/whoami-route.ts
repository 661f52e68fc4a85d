import { defineRoute, jsonReply } from '../http/index.js';
import type { Route } from '../http/index.js';

export const whoamiRoute: Route = defineRoute({
  method: 'GET',
  path: '/api/2/whoami',
  summary: 'Tell the subjects that you act as',
  tag: 'Operations',
  responses: { 200: { description: 'Your subjects.', schema: { type: 'object' } } },
  handler: ({ subjects }) => jsonReply(200, { defaultSubject: subjects[0], subjects }),
});
