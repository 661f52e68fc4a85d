import { METHODS as NODE_METHODS } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { JsonPointerInvalid } from '@gemel/model/json';
import { acceptAnyBodyAsText } from './body-parsers.js';
import { ApiVersionNotSupported, MethodNotAllowed, RouteUnknown } from './errors.js';
import type { HttpFrame } from './frame.js';
import { errorReply } from './refuse.js';
import { RouteRegistrar } from './route-registrar.js';
import type { HttpMethod } from './route-registrar.js';
import type { Route } from './route.js';

const METHODS: readonly HttpMethod[] = ['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];
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
    const known = new Map<string, HttpMethod[]>();
    const open = new Set(routes.filter(({ openToPages }) => openToPages === true).map(({ path }) => path));
    for (const route of routes) {
      const methods: HttpMethod[] = route.method === 'GET' ? ['GET', 'HEAD'] : [route.method];
      registrar.add(route, methods);
      known.set(route.path, [...(known.get(route.path) ?? []), ...methods]);
    }
    for (const [path, allowed] of known) {
      const sibling = routes.find((route) => route.path === path);
      registrar.add(
        {
          ...otherMethods(path, allowed),
          openToPages: open.has(path),
          refusal: (error, request) => sibling?.refusal?.(error, request) ?? errorReply(error),
        },
        METHODS.filter((method) => !allowed.includes(method)),
      );
    }
    if (!known.has('*')) registrar.add(UNKNOWN, METHODS);
    // Without a body, whatever they send: it would be looked at before they are refused.
    for (const method of FOREIGN) scope.addHttpMethod(method, { hasBody: false, overrideExisting: true });
    registrar.add(FOREIGN_METHOD, FOREIGN);
  };
  await server.register(Object.assign(plugin, DISPLAY_NAME));
}

function otherMethods(path: string, allowed: readonly HttpMethod[]): Route {
  const list = allowed.join(', ');
  return {
    ...UNDOCUMENTED,
    path,
    handler: (request) => {
      const error = new MethodNotAllowed(request.method);
      error.headers = { allow: list };
      throw error;
    },
  };
}

const UNDOCUMENTED = { method: 'GET', summary: '', tag: '', access: 'none', responses: {} } as const;

const FOREIGN_METHOD: Route = {
  ...UNDOCUMENTED,
  path: '*',
  handler: ({ method }) => {
    const error = new MethodNotAllowed(method);
    error.headers = { allow: METHODS.slice(0, -1).join(', ') };
    throw error;
  },
};

const UNKNOWN: Route = {
  ...UNDOCUMENTED,
  path: '*',
  handler: ({ path }) => {
    const [, version] = /^\/api\/(\d[^/]*)(?:\/|$)/.exec(path) ?? [];
    if (version !== undefined && version !== '2') throw new ApiVersionNotSupported(version);
    if (version === '2' && path.includes('//')) throw new JsonPointerInvalid(path, 'slashes');
    throw new RouteUnknown(path);
  },
};
