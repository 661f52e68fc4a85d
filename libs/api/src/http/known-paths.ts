import createRouter from 'find-my-way';
import { MethodNotAllowed } from './errors.js';
import { errorReply } from './refuse.js';
import type { HttpMethod } from './route-registrar.js';
import type { Route } from './route.js';
import { ROUTER_OPTIONS } from './server-options.js';

/** Of a route that only refuses, whoever asks. */
export const UNDOCUMENTED = { method: 'GET', summary: '', tag: '', access: 'none', responses: {} } as const;

/** A path that refuses methods. */
interface KnownPath {
  readonly path: string;
  readonly segments: readonly string[];
  readonly allowed: readonly HttpMethod[];
  readonly route: Route;
}

/**
 * Which paths there are, whatever the method. Fastify has a router for each method: known paths in those of the methods
 * that they refuse would be four fifths of all that is registered, and most of the time that a server takes to open.
 */
export class KnownPaths {
  readonly #paths: ReadonlyMap<string, KnownPath>;
  #router: ReturnType<typeof createRouter> | undefined;

  constructor(routes: readonly Route[]) {
    const byPath = new Map<string, Route[]>();
    for (const route of routes) byPath.set(route.path, [...(byPath.get(route.path) ?? []), route]);
    this.#paths = new Map([...byPath].map(([path, own]) => [path, knownPath(path, own)]));
  }

  /** The route that answers 405 where the URL's path is known. */
  refusalFor(url: string): Route | undefined {
    this.#router ??= routerOf(this.#paths.keys());
    const found = this.#router.find('GET', url);
    return found === null ? undefined : this.#paths.get(String(found.store))?.route;
  }

  /**
   * The paths that have to refuse the method themselves, since another path that may have it is meant by some of their
   * URLs as well: `/things/search` where `/things/:id` is deleted.
   */
  hiding(method: HttpMethod): readonly string[] {
    const paths = [...this.#paths.values()];
    const others = paths.filter(({ allowed }) => allowed.includes(method));
    return paths
      .filter((known) => !known.allowed.includes(method) && others.some((other) => overlap(known, other)))
      .map(({ path }) => path);
  }
}

/** What a route answers: HEAD as GET, without the body. */
export function methodsOf({ method }: Route): readonly HttpMethod[] {
  return method === 'GET' ? ['GET', 'HEAD'] : [method];
}

function knownPath(path: string, routes: readonly Route[]): KnownPath {
  const allowed = routes.flatMap(methodsOf);
  const list = allowed.join(', ');
  const [first] = routes;
  return {
    path,
    segments: path.split('/'),
    allowed,
    route: {
      ...UNDOCUMENTED,
      path,
      openToPages: routes.some(({ openToPages }) => openToPages === true),
      refusal: (error, request) => first?.refusal?.(error, request) ?? errorReply(error),
      handler: (request) => {
        const error = new MethodNotAllowed(request.method);
        error.headers = { allow: list };
        throw error;
      },
    },
  };
}

/** Whose finds have their path with them. */
function routerOf(paths: Iterable<string>): ReturnType<typeof createRouter> {
  const router = createRouter(ROUTER_OPTIONS);
  for (const path of paths) router.on('GET', path, () => undefined, path);
  return router;
}

/** Whether a URL may match both. */
function overlap({ segments: one }: KnownPath, { segments: other }: KnownPath): boolean {
  for (let i = 0; ; i++) {
    const [a, b] = [one[i], other[i]];
    if (a === undefined || b === undefined) return a === b;
    if (a === '*' || b === '*') return true;
    if (a !== b && !a.includes(':') && !b.includes(':')) return false;
  }
}
