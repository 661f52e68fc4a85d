import type { Composition } from '@gemel/application/composition';
import type { PolicyListing } from '@gemel/application/policies';
import type { Route } from '../http/index.js';
import { integrityRoutes } from './integrity-routes.js';
import { policyListRoute } from './policy-list-route.js';
import { twinRoutes } from './twin-routes.js';
import { typeRoutes } from './type-routes.js';

export interface ExtendedParts {
  readonly composition: Composition;
  readonly listing: Pick<PolicyListing, 'list'>;
}

/** OpenTwins' extended API, and what belongs to it. */
export function extendedRoutes({ composition, listing }: ExtendedParts): readonly Route[] {
  const compatible = [...typeRoutes(composition), ...twinRoutes(composition), policyListRoute(listing)];
  return [...compatible.map((route) => ({ ...route, openToPages: true })), ...integrityRoutes(composition.integrity)];
}
