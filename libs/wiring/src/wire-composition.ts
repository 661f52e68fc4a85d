import { createComposition } from '@gemel/application/composition';
import type { Composition, OneAtATime } from '@gemel/application/composition';
import type { PolicyEnforcers } from '@gemel/application/policies';
import type { SearchService } from '@gemel/application/search';
import type { ThingService } from '@gemel/application/things';
import { createTypeServices } from '@gemel/application/type-versions';
import type { TypeServices } from '@gemel/application/type-versions';
import type { Types } from '@gemel/application/types';
import type { Ports } from './ports.js';

export interface CompositionParts {
  readonly things: ThingService;
  readonly search: SearchService;
  readonly enforcers: PolicyEnforcers;
  readonly types: Types;
  readonly turns: OneAtATime;
}

/** Types and twins, and what is done with types as such. */
export interface ComposedServices {
  readonly composition: Composition;
  readonly typeServices: TypeServices;
}

export function wireComposition(
  ports: Ports,
  { things, search, enforcers, types, turns }: CompositionParts,
): ComposedServices {
  const { states, log, ids } = ports;
  return {
    composition: createComposition({ things, search, states, log, ids, templates: types.templates }, turns),
    typeServices: createTypeServices({ ...ports, things, search, enforcers, types, turns }),
  };
}
