import type { Route } from '../http/index.js';
import { ThingIdsMissing, thingCollectionRoutes } from './thing-collection-routes.js';
import type { ThingCollectionParts } from './thing-collection-routes.js';
import { thingResourceRoutes } from './thing-resource-routes.js';

export { extraThingFields } from './extra-thing-fields.js';
export { thingIdIn, thingIdOf } from './thing-id-in.js';
export type { ThingStreams } from './thing-streams.js';
export { ThingIdsMissing };
export type { ThingCollectionParts };

/** Everything under `/api/2/things`, event streams included. */
export function thingRoutes(parts: ThingCollectionParts): readonly Route[] {
  return [...thingCollectionRoutes(parts), ...thingResourceRoutes(parts)];
}
