/** `[path, methods, why it is not there yet]`. */
export const DITTO_ROUTES: readonly (readonly [path: string, methods: readonly string[], later?: string])[];

export interface RouteComparison {
  /** Of Ditto's operations. */
  readonly served: number;
  /** `METHOD /path`. */
  readonly missing: readonly string[];
  readonly later: readonly { readonly operation: string; readonly reason: string }[];
  readonly additional: readonly string[];
}

/** @param paths of an OpenAPI description */
export function compareRoutes(paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>): RouteComparison;
