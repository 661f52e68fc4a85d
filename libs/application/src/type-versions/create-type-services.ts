import { PlanRunner } from '../composition/index.js';
import type { OneAtATime } from '../composition/index.js';
import type { PolicyEnforcers } from '../policies/index.js';
import type { Clock, IdSource, RecordStore, StateStore } from '../ports/index.js';
import type { SearchService } from '../search/index.js';
import type { ThingService } from '../things/index.js';
import type { Types } from '../types/index.js';
import { FrozenTypes } from './frozen-types.js';
import { Migrations } from './migrations.js';
import { TwinReports } from './twin-reports.js';
import { TypeAccess } from './type-access.js';
import { TypeImpact } from './type-impact.js';
import { TypeModels } from './type-models.js';

export interface TypeServicesParts {
  readonly things: ThingService;
  readonly search: SearchService;
  readonly states: StateStore;
  readonly enforcers: PolicyEnforcers;
  readonly types: Types;
  readonly clock: Clock;
  readonly turns: OneAtATime;
  readonly records: RecordStore;
  readonly ids: IdSource;
}

/** What is done with types as such. */
export interface TypeServices {
  readonly models: TypeModels;
  readonly versions: FrozenTypes;
  readonly migrations: Migrations;
  readonly reports: TwinReports;
  readonly impact: TypeImpact;
}

export function createTypeServices(parts: TypeServicesParts): TypeServices {
  const { things, search, states, types, clock, turns, records, ids } = parts;
  const access = new TypeAccess(states, parts.enforcers);
  const { catalog, rules } = types;
  const runner = new PlanRunner({ things, states }, turns);
  const reports = new TwinReports({ access, catalog, rules, states });
  return {
    models: new TypeModels(things, access, catalog, turns),
    versions: new FrozenTypes({ access, catalog, search, clock }),
    migrations: new Migrations({ access, catalog, search, runner, records, ids }),
    reports,
    impact: new TypeImpact(access, search, reports),
  };
}
