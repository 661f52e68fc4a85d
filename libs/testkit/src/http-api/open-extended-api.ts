import { extendedRoutes } from '@gemel/api/extended';
import { HttpMetrics, buildHttpServer } from '@gemel/api/http';
import { Registry } from 'prom-client';
import { forwardingLog } from '@gemel/application/signals';
import { parseThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import type { Criteria } from '@gemel/model/rql';
import { liveThing } from '@gemel/model/things';
import { composeOn } from '../composition/index.js';
import type { ComposedOn } from '../composition/index.js';
import { openApiStore } from './api-store.js';

const ANY: Criteria = { op: 'exists', property: ['thingId'] };
const MANY = 10_000;
const ignore = (): void => undefined;

export interface OpenExtendedApi {
  readonly app: ComposedOn;
  readonly url: string;
  /** What is stored, whoever may read it. */
  stored(id: string): Promise<JsonObject | undefined>;
  /** Ids of all things. */
  ids(): Promise<readonly string[]>;
  /** How many commits there were. */
  commits(): number;
  close(): Promise<void>;
}

/**
 * The extended API on a store, one in memory by default, listening; callers are the owner, or with `x-who: stranger` the stranger.
 */
export async function openExtendedApi(): Promise<OpenExtendedApi> {
  const store = await openApiStore();
  let commits = 0;
  const append: typeof store.log.append = async (...change) => {
    await store.log.append(...change);
    commits += 1;
  };
  const app = await composeOn({ ...store, log: { ...forwardingLog(store.log), append } });
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
  return {
    app,
    url,
    stored: async (id) => liveThing(await store.states.thing(parseThingId(id))),
    ids: async () => {
      const found = await store.search.find({ criteria: ANY, view: liveThing, sort: [], limit: MANY });
      return found.map(({ thing }) => thing.thingId).toSorted();
    },
    commits: () => commits,
    close: async () => {
      await server.close();
      await store.close();
    },
  };
}
