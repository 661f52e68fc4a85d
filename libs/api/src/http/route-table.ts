import createRouter from 'find-my-way';
import type { PathParameters } from './api-request.js';
import { methodNotAllowed } from './errors.js';
import { errorReply } from './refuse.js';
import type { Method, Route } from './route.js';
import { ROUTER_OPTIONS } from './server-options.js';

/** Of a route that only refuses, whoever asks. */
export const UNDOCUMENTED = { method: 'GET', summary: '', tag: '', access: 'none', responses: {} } as const;

export interface FoundRoute {
  readonly route: Route;
  readonly params: PathParameters;
}

/** What a path answers. */
interface Path {
  readonly byMethod: ReadonlyMap<string, Route>;
  /** For other methods: 405. */
  readonly refusal: Route;
}

/**
 * Finds routes by path, and then by method: Fastify has a router for each method, in all of which each path would have
 * to stand, be it to refuse, and most of the time that a server takes to open goes there.
 */
export class RouteTable {
  /** Answers keys of the paths. */
  readonly #router = createRouter(ROUTER_OPTIONS);
  readonly #paths: ReadonlyMap<string, Path>;

  constructor(routes: readonly Route[]) {
    const byPath = new Map<string, Route[]>();
    for (const route of routes) byPath.set(route.path, [...(byPath.get(route.path) ?? []), route]);
    this.#paths = new Map([...byPath].map(([path, own]) => [path, pathOf(path, own)]));
    for (const path of byPath.keys()) this.#router.on('GET', path, () => undefined, path);
  }

  /**
   * The route of the path that means the URL most exactly: `/things/search` rather than `/things/:id`, also where only the
   * latter has the method. It answers 405 where the path has not; undefined for an unknown path.
   */
  find(method: string, url: string): FoundRoute | undefined {
    const found = this.#router.find('GET', url);
    const path = found === null ? undefined : this.#paths.get(String(found.store));
    return path && { route: path.byMethod.get(method) ?? path.refusal, params: found?.params ?? {} };
  }
}

function pathOf(path: string, routes: readonly Route[]): Path {
  const byMethod = new Map(routes.flatMap((route) => methodsOf(route).map((method) => [method, route] as const)));
  const allowed = [...byMethod.keys()];
  const [first] = routes;
  return {
    byMethod,
    refusal: {
      ...UNDOCUMENTED,
      path,
      openToPages: routes.some(({ openToPages }) => openToPages === true),
      refusal: (error, request) => first?.refusal?.(error, request) ?? errorReply(error),
      handler: (request) => {
        throw methodNotAllowed(request.method, allowed);
      },
    },
  };
}

/** What a route answers: HEAD as GET, without the body. */
function methodsOf({ method }: Route): readonly (Method | 'HEAD')[] {
  return method === 'GET' ? ['GET', 'HEAD'] : [method];
}
