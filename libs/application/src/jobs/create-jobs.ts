import type { OneAtATime } from '../composition/index.js';
import type { PolicyService } from '../policies/index.js';
import type { Clock, EventLog, IdSource, Logger, RecordStore, StateStore } from '../ports/index.js';
import type { SearchService } from '../search/index.js';
import type { ThingService } from '../things/index.js';
import type { TypeAccess } from '../type-versions/index.js';
import type { TypeCatalog } from '../types/index.js';
import { ImportJobs } from './import-jobs.js';
import { ImportWorker } from './import-worker.js';
import { DEFAULT_JOB_LIMITS } from './job-limits.js';
import type { JobLimits } from './job-limits.js';
import { JobShelf } from './job-shelf.js';
import { MigrationJobs } from './migration-jobs.js';
import { MigrationRun } from './migration-run.js';
import { PolicyImport } from './policy-import.js';
import { PortionImport } from './portion-import.js';
import { ThingImport } from './thing-import.js';
import { WorkBell } from './work-bell.js';

export interface JobsParts {
  readonly things: ThingService;
  readonly search: Pick<SearchService, 'stream' | 'named' | 'visitAll'>;
  readonly policies: PolicyService;
  readonly states: StateStore;
  readonly log: EventLog;
  readonly records: RecordStore;
  readonly access: TypeAccess;
  readonly catalog: TypeCatalog;
  readonly turns: OneAtATime;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  /** Those of {@link DEFAULT_JOB_LIMITS} when absent. */
  readonly limits?: JobLimits | undefined;
}

/** Work that goes on after its request is answered. */
export interface Jobs {
  readonly imports: ImportJobs;
  readonly migrations: MigrationJobs;
  /** For the one process whose work it is. */
  readonly worker: ImportWorker;
}

export function createJobs(parts: JobsParts): Jobs {
  const { things, search, policies, states, clock, ids, records, logger, limits = DEFAULT_JOB_LIMITS } = parts;
  const bell = new WorkBell();
  const shelf = new JobShelf(records, bell);
  const portions = new PortionImport({
    ...parts,
    limits,
    shelf,
    service: things,
    things: new ThingImport({ things, states, search }),
    policies: new PolicyImport(policies, states),
    migrations: new MigrationRun(parts),
  });
  const imports = new ImportJobs({ shelf, clock, ids, limits });
  return {
    imports,
    migrations: new MigrationJobs({ ...parts, shelf, imports }),
    worker: new ImportWorker({ shelf, bell, portions, clock, log: logger, limits }),
  };
}
