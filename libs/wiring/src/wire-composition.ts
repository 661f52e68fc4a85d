import { PlanRunner, createComposition } from '@gemel/application/composition';
import type { Composition, OneAtATime } from '@gemel/application/composition';
import type { PolicyEnforcers } from '@gemel/application/policies';
import type { SearchService } from '@gemel/application/search';
import type { ThingService } from '@gemel/application/things';
import { Transfer } from '@gemel/application/transfer';
import { TypeAccess, createTypeServices } from '@gemel/application/type-versions';
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
  readonly transfer: Transfer;
}

export function wireComposition(
  ports: Ports,
  { things, search, enforcers, types, turns }: CompositionParts,
): ComposedServices {
  const { states, log, ids } = ports;
  const composition = createComposition({ things, search, states, log, ids, templates: types.templates }, turns);
  const access = new TypeAccess(states, enforcers);
  const runner = new PlanRunner({ things, states }, turns);
  return {
    composition,
    transfer: new Transfer({ reads: composition.reads, search, states, access, catalog: types.catalog, runner }),
    typeServices: createTypeServices({ ...ports, things, search, enforcers, types, turns }),
  };
}
