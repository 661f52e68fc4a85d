import { extendedRoutes } from '@gemel/api/extended';
import { HttpMetrics, buildHttpServer } from '@gemel/api/http';
import { Registry } from 'prom-client';
import { openComposition } from '../composition/index.js';
import type { OpenComposition } from '../composition/index.js';

const ignore = (): void => undefined;

export interface OpenExtendedApi {
  readonly app: OpenComposition;
  readonly url: string;
  close(): Promise<void>;
}

/** The extended API on a store in memory, listening; callers are the owner, or with `x-who: stranger` the stranger. */
export async function openExtendedApi(): Promise<OpenExtendedApi> {
  const app = await openComposition();
  const { owner, stranger } = app;
  const server = await buildHttpServer(extendedRoutes({ composition: app, listing: app.listing }), {
    authenticators: [
      {
        authenticate: (credentials) => ({
          subjects: (credentials.header('x-who') === 'stranger' ? stranger : owner).subjects,
          role: 'user',
        }),
      },
    ],
    ids: { uuid: () => 'uuid' },
    clock: { now: () => Date.now() },
    log: { error: ignore, warn: ignore, info: ignore, debug: ignore },
    metrics: new HttpMetrics(new Registry()),
  });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  return { app, url, close: () => server.close() };
}
