import { defineRoute, jsonReply } from '../http/index.js';
import type { HttpMetrics, Route } from '../http/index.js';
import type { JsonObject } from '@gemel/model/json';

/** Whether the process can do its work now. */
export interface HealthCheck {
  isUp(): boolean | Promise<boolean>;
}

/** What could not be applied, the last first. */
export interface IngestFailures {
  recent(): readonly JsonObject[];
}

export interface OperationParts {
  readonly health: HealthCheck;
  readonly metrics: HttpMetrics;
  readonly failures: IngestFailures;
}

const tag = 'Operations';

/** Who am I, health, metrics, and what operators look at. */
export function operationRoutes({ health, metrics, failures }: OperationParts): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/2/whoami',
      summary: 'Tell the subjects that you act as',
      tag,
      responses: { 200: { description: 'Your subjects.', schema: { type: 'object' } } },
      handler: ({ subjects }) => jsonReply(200, { defaultSubject: subjects[0], subjects }),
    }),
    defineRoute({
      method: 'GET',
      path: '/health',
      summary: 'Tell whether the server can do its work',
      tag,
      access: 'none',
      responses: { 200: { description: 'It can.' }, 503: { description: 'It cannot.' } },
      handler: async () =>
        (await health.isUp()) ? jsonReply(200, { status: 'UP' }) : jsonReply(503, { status: 'DOWN' }),
    }),
    defineRoute({
      method: 'GET',
      path: '/metrics',
      summary: 'Metrics for Prometheus',
      tag,
      access: 'none',
      responses: { 200: { description: 'Prometheus text.', mediaType: 'text/plain' } },
      handler: async () => ({
        status: 200,
        headers: { 'content-type': metrics.contentType },
        body: await metrics.text(),
      }),
    }),
    defineRoute({
      method: 'GET',
      path: '/devops/ingest/failures',
      summary: 'The last device messages that could not be applied',
      tag,
      access: 'operator',
      responses: { 200: { description: 'The last first.', schema: { type: 'array', items: { type: 'object' } } } },
      handler: () => jsonReply(200, failures.recent()),
    }),
  ];
}
