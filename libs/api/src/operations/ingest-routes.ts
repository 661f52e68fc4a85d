import type { JsonObject } from '@gemel/model/json';
import { defineRoute, jsonReply } from '../http/index.js';
import type { Route } from '../http/index.js';

/** What could not be applied, the last first. */
export interface IngestFailures {
  recent(): readonly JsonObject[];
}

/** What operators of the ingest look at. */
export function ingestRoutes(failures: IngestFailures): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/devops/ingest/failures',
      summary: 'The last device messages that could not be applied',
      tag: 'Operations',
      access: 'operator',
      responses: { 200: { description: 'The last first.', schema: { type: 'array', items: { type: 'object' } } } },
      handler: () => jsonReply(200, failures.recent()),
    }),
  ];
}
