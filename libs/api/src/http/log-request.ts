import type { Logger } from '@gemel/application/ports';
import type { ApiRequest } from './api-request.js';
import type { Route } from './route.js';

/** An answered request. */
export interface AnsweredRequest {
  readonly route: Pick<Route, 'path' | 'access'>;
  readonly method: string;
  readonly status: number;
  readonly ms: number;
  readonly api: Pick<ApiRequest, 'correlationId' | 'trace'>;
}

/**
 * One line a request, with the route instead of the path, which holds ids: at `warn` when the server could not do what
 * was asked. Not for probes, which are told so all the time.
 */
export function logRequest(log: Logger, { route, method, status, ms, api }: AnsweredRequest): void {
  const level = status >= 500 && route.access !== 'none' ? 'warn' : 'debug';
  log[level](
    {
      method,
      route: route.path,
      status,
      ms: Math.round(ms * 10) / 10,
      correlationId: api.correlationId,
      traceId: api.trace?.traceId,
    },
    'answered a request',
  );
}
