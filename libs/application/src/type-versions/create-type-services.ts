import type { PolicyEnforcers } from '../policies/index.js';
import type { Clock, StateStore } from '../ports/index.js';
import type { SearchService } from '../search/index.js';
import type { ThingService } from '../things/index.js';
import type { Types } from '../types/index.js';
import type { ChangeTurns } from './change-turns.js';
import { FrozenTypes } from './frozen-types.js';
import { TypeAccess } from './type-access.js';
import { TypeModels } from './type-models.js';

export interface TypeServicesParts {
  readonly things: ThingService;
  readonly search: SearchService;
  readonly states: StateStore;
  readonly enforcers: PolicyEnforcers;
  readonly types: Types;
  readonly clock: Clock;
  readonly turns: ChangeTurns;
}

/** What is done with types as such. */
export interface TypeServices {
  readonly models: TypeModels;
  readonly versions: FrozenTypes;
}

export function createTypeServices({
  things,
  search,
  states,
  enforcers,
  types,
  clock,
  turns,
}: TypeServicesParts): TypeServices {
  const access = new TypeAccess(states, enforcers);
  const { catalog } = types;
  return {
    models: new TypeModels(things, access, catalog, turns),
    versions: new FrozenTypes({ access, catalog, search, clock }),
  };
}
