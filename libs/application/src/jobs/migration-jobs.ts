import { JobStateWrong } from '@gemel/model/jobs';
import { parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { VersionNotFound, parseMigrationMapping, parseVersion } from '@gemel/model/types';
import { instancesOf } from '../composition/index.js';
import type { SearchService } from '../search/index.js';
import type { SignalContext } from '../signals/index.js';
import type { TypeAccess } from '../type-versions/index.js';
import type { TypeCatalog } from '../types/index.js';
import type { ImportJob } from './import-job.js';
import type { ImportJobs } from './import-jobs.js';
import type { JobShelf } from './job-shelf.js';
import { twinLineText } from './migration-run.js';
import type { MigrationWork } from './migration-run.js';

export interface MigrationJobsParts {
  readonly shelf: JobShelf;
  readonly imports: ImportJobs;
  readonly search: Pick<SearchService, 'stream'>;
  readonly access: TypeAccess;
  readonly catalog: TypeCatalog;
}

/** As asked for; versions and mapping are read when the job begins. */
export interface MigrationJobRequest {
  readonly to: string;
  readonly from: string | undefined;
  readonly mapping: JsonObject;
  readonly dryRun: boolean;
}

/** Migrations of any number of twins, portion by portion, which can be taken back. */
export class MigrationJobs {
  constructor(private readonly parts: MigrationJobsParts) {}

  /** @throws ThingNotAccessible, NotOfKind, a 403 of Ditto's, VersionInvalid, VersionNotFound, MigrationMappingInvalid */
  async migrate(
    typeId: ThingId,
    { to, from, mapping, dryRun }: MigrationJobRequest,
    caller: SignalContext,
  ): Promise<ImportJob> {
    await this.parts.access.writable(typeId, caller);
    const version = parseVersion(to);
    if ((await this.parts.catalog.versions.get(typeId, version)) === undefined)
      throw new VersionNotFound(typeId, version);
    parseMigrationMapping(mapping);
    const work = { typeId, to: version, mapping, ...(from === undefined ? {} : { from: parseVersion(from) }) };
    return this.#begin(work, dryRun, this.#twins(typeId, caller), caller);
  }

  /**
   * Gives twins back what a migration has changed, where that is still as it left it.
   * @throws JobNotFound, JobStateWrong for what is no migration, or has not ended
   */
  async undo(id: string, dryRun: boolean, caller: SignalContext): Promise<ImportJob> {
    const job = await this.parts.imports.get(id, caller);
    const { work } = job;
    if (work === undefined || job.dryRun || job.state === 'running' || job.state === 'waiting')
      throw new JobStateWrong(id, work === undefined ? 'no migration' : job.state, 'a migration that has ended');
    await this.parts.access.writable(work.typeId, caller);
    return this.#begin({ typeId: work.typeId, undoOf: id }, dryRun, this.#changes(id), caller);
  }

  async #begin(
    work: MigrationWork,
    dryRun: boolean,
    lines: AsyncIterable<string>,
    caller: SignalContext,
  ): Promise<ImportJob> {
    const { id } = await this.parts.imports.create({ mode: 'merge', dryRun, work }, caller);
    return this.parts.imports.take(id, { from: 1, isAll: true }, lines, caller);
  }

  async *#twins(typeId: ThingId, caller: SignalContext): AsyncGenerator<string> {
    for await (const portion of this.parts.search.stream({ scope: instancesOf(typeId) }, caller))
      for (const { thingId } of portion) yield `${twinLineText({ thingId: parseThingId(thingId), changes: [] })}\n`;
  }

  async *#changes(id: string): AsyncGenerator<string> {
    for await (const texts of this.parts.shelf.changes(id)) for (const text of texts) yield `${text}\n`;
  }
}
