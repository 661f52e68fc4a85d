import { METHODS as NODE_METHODS } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { GemelError } from '@gemel/model/errors';
import { JsonPointerInvalid } from '@gemel/model/json';
import type { ApiRequest } from './api-request.js';
import { acceptAnyBodyAsText } from './body-parsers.js';
import { ApiVersionNotSupported, RouteUnknown, methodNotAllowed } from './errors.js';
import type { HttpFrame } from './frame.js';
import { RouteRegistrar } from './route-registrar.js';
import { RouteTable, UNDOCUMENTED } from './route-table.js';
import type { FoundRoute } from './route-table.js';
import type { Route } from './route.js';

const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];
/** What Node reads besides, as the methods of WebDAV; CONNECT never comes to a route. */
const FOREIGN = NODE_METHODS.filter((method) => method !== 'CONNECT' && !METHODS.some((own) => own === method));

/** Without it Fastify looks for one among all modules of the process, which takes tests longer than the routes. */
const DISPLAY_NAME = { [Symbol.for('fastify.display-name')]: 'gemel-routes' };

/**
 * Puts the routes on a server, with parsers and error handling of their own. Known paths answer 405 to other methods,
 * unknown ones 404. Call it once for a server.
 */
export async function registerRoutes(
  server: FastifyInstance,
  routes: readonly Route[],
  frame: HttpFrame,
): Promise<void> {
  const plugin = async (scope: FastifyInstance): Promise<void> => {
    acceptAnyBodyAsText(scope);
    const registrar = new RouteRegistrar(scope, frame);
    const table = new RouteTable(routes);
    registrar.serve(METHODS, ({ method, url }) => table.find(method, url) ?? UNKNOWN);
    // Without a body, whatever they send: it would be looked at before they are refused.
    for (const method of FOREIGN) scope.addHttpMethod(method, { hasBody: false, overrideExisting: true });
    registrar.serve(FOREIGN, () => FOREIGN_METHOD);
  };
  await server.register(Object.assign(plugin, DISPLAY_NAME));
}

const FOREIGN_METHOD = refusing(({ method }) => methodNotAllowed(method, METHODS.slice(0, -1)));

const UNKNOWN = refusing(({ path }) => {
  const [, version] = /^\/api\/(\d[^/]*)(?:\/|$)/.exec(path) ?? [];
  if (version !== undefined && version !== '2') return new ApiVersionNotSupported(version);
  if (version === '2' && path.includes('//')) return new JsonPointerInvalid(path, 'slashes');
  return new RouteUnknown(path);
});

function refusing(reason: (request: ApiRequest) => GemelError): FoundRoute {
  const handler: Route['handler'] = (request) => {
    throw reason(request);
  };
  return { route: { ...UNDOCUMENTED, path: '*', handler }, params: {} };
}
