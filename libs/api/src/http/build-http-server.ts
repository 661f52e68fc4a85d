import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { HttpFrame } from './frame.js';
import { registerRoutes } from './register-routes.js';
import type { Route } from './route.js';
import { serverOptions } from './server-options.js';
import type { ServerLimits } from './server-options.js';

/** A server with the routes and nothing else, not yet listening. `close` ends it. */
export async function buildHttpServer(
  routes: readonly Route[],
  frame: HttpFrame,
  limits: ServerLimits = {},
): Promise<FastifyInstance> {
  const server = fastify(serverOptions(frame.ids, limits));
  await registerRoutes(server, routes, frame);
  return server;
}
