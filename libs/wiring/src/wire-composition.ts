import { PlanRunner, createComposition } from '@gemel/application/composition';
import type { Composition, OneAtATime } from '@gemel/application/composition';
import { createJobs } from '@gemel/application/jobs';
import type { JobLimits, Jobs } from '@gemel/application/jobs';
import type { PolicyEnforcers, PolicyService } from '@gemel/application/policies';
import type { Logger } from '@gemel/application/ports';
import type { SearchService } from '@gemel/application/search';
import type { ThingService } from '@gemel/application/things';
import { ExportStream, Transfer } from '@gemel/application/transfer';
import { FrozenTemplates, TypeAccess, createTypeServices } from '@gemel/application/type-versions';
import type { TypeServices } from '@gemel/application/type-versions';
import type { Types } from '@gemel/application/types';
import type { Ports } from './ports.js';

export interface CompositionParts {
  readonly things: ThingService;
  readonly search: SearchService;
  readonly enforcers: PolicyEnforcers;
  readonly types: Types;
  readonly turns: OneAtATime;
  readonly policies: PolicyService;
  readonly logger: Logger;
  readonly jobLimits?: JobLimits | undefined;
}

/** Types and twins, and what is done with types as such. */
export interface ComposedServices {
  readonly composition: Composition;
  readonly typeServices: TypeServices;
  readonly transfer: Transfer;
  readonly exports: ExportStream;
  readonly jobs: Jobs;
}

export function wireComposition(
  ports: Ports,
  { things, search, enforcers, types, turns, policies, logger, jobLimits }: CompositionParts,
): ComposedServices {
  const { states, memory, log, ids } = ports;
  const access = new TypeAccess(states, enforcers);
  const { catalog } = types;
  const makers = { templates: types.templates, frozen: new FrozenTemplates(access, catalog) };
  const composition = createComposition({ things, search, states, memory, log, ids, ...makers }, turns);
  const runner = new PlanRunner({ things, states }, turns);
  const transfer = new Transfer({ reads: composition.reads, search, states, access, catalog, runner });
  return {
    composition,
    transfer,
    exports: new ExportStream({ transfer, search, policies }),
    jobs: createJobs({ ...ports, things, search, policies, access, catalog, turns, logger, limits: jobLimits }),
    typeServices: createTypeServices({ ...ports, things, search, enforcers, types, turns }),
  };
}
