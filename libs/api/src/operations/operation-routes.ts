import { defineRoute, jsonReply } from '../http/index.js';
import type { HttpMetrics, Reply, Route } from '../http/index.js';
import type { JsonObject } from '@gemel/model/json';

/** Whether the process is to be left running: false only when a restart is the one way on. */
export interface HealthCheck {
  isUp(): boolean | Promise<boolean>;
}

/** Whether requests should come here now, and why. */
export interface ReadinessCheck {
  check(): Promise<{ readonly isReady: boolean; readonly report: JsonObject }>;
}

export interface OperationParts {
  readonly health: HealthCheck;
  readonly readiness: ReadinessCheck;
  readonly metrics: HttpMetrics;
}

const tag = 'Operations';
const STATUS: JsonObject = { type: 'object', required: ['status'], properties: { status: { enum: ['UP', 'DOWN'] } } };

/** What whoever runs the process asks it: health, readiness, metrics. */
export function operationRoutes({ health, readiness, metrics }: OperationParts): readonly Route[] {
  return [
    ...probeRoutes(health, readiness),
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
  ];
}

function probeRoutes(health: HealthCheck, readiness: ReadinessCheck): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/alive',
      summary: 'Tell whether the process lives',
      description: 'A 503 means that only a restart helps. That it cannot do its work just now is what `/ready` tells.',
      tag,
      access: 'none',
      responses: {
        200: { description: 'It lives.', schema: STATUS },
        503: { description: 'It must be restarted.', schema: STATUS },
      },
      handler: async () => upOrDown(await health.isUp()),
    }),
    defineRoute({
      method: 'GET',
      path: '/health',
      summary: 'Tell whether the process can do its work now, and nothing else',
      description: 'As Ditto does; `/ready` says why, `/status/health` in the form of Ditto.',
      tag,
      access: 'none',
      responses: {
        200: { description: 'It can: `UP`.', schema: STATUS },
        503: { description: 'It cannot: `DOWN`.', schema: STATUS },
      },
      handler: async () => upOrDown((await readiness.check()).isReady),
    }),
    defineRoute({
      method: 'GET',
      path: '/ready',
      summary: 'Tell whether the process can do its work now',
      description:
        'The body has the state of each part that the work depends on. `DEGRADED` means that it goes on without a part ' +
        'and catches up later, or that a part does only some of its work: with a full disk reads go on.',
      tag,
      access: 'none',
      responses: {
        200: { description: 'It can: `UP` or `DEGRADED`.', schema: { type: 'object' } },
        503: { description: 'It cannot, or is starting or stopping: `DOWN`.', schema: { type: 'object' } },
      },
      handler: async () => {
        const { isReady, report } = await readiness.check();
        return jsonReply(isReady ? 200 : 503, report);
      },
    }),
  ];
}

function upOrDown(isUp: boolean): Reply {
  return jsonReply(isUp ? 200 : 503, { status: isUp ? 'UP' : 'DOWN' });
}
