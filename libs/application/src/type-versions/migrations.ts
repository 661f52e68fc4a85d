import { CompositionTooLarge } from '@gemel/model/composition';
import type { Plan, Step } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { MigrationNotFound, VersionNotFound, changesBetween, migratedTwin, patchOf, undoing } from '@gemel/model/types';
import type { EffectiveType, MigrationMapping, ValueChange, Version } from '@gemel/model/types';
import { MAX_THINGS, idOf } from '../composition/index.js';
import type { PlanOutcome, PlanRunner, RunMode } from '../composition/index.js';
import type { IdSource, RecordStore } from '../ports/index.js';
import type { SearchService } from '../search/index.js';
import type { SignalContext } from '../signals/index.js';
import { typeOfTwin } from '../types/index.js';
import type { TypeCatalog } from '../types/index.js';
import { twinsOf } from './criteria.js';
import { migrationRecord, parseMigrationRecord } from './migration-record.js';
import type { MigratedTwin } from './migration-record.js';
import type { TypeAccess } from './type-access.js';

export interface MigrationRequest {
  /** Twins at this version only; all of the type when absent. */
  readonly from: Version | undefined;
  readonly to: Version;
  readonly mapping: MigrationMapping;
}

export interface MigrationsParts {
  readonly access: TypeAccess;
  readonly catalog: TypeCatalog;
  readonly search: Pick<SearchService, 'all'>;
  readonly runner: PlanRunner;
  readonly records: RecordStore;
  readonly ids: IdSource;
}

const KIND = 'job';

/** Twins that go from one version of their type to another: a plan first, then one commit, which can be taken back. */
export class Migrations {
  constructor(private readonly parts: MigrationsParts) {}

  /** @throws VersionNotFound, CompositionTooLarge, PlanRefused */
  async migrate(
    typeId: ThingId,
    request: MigrationRequest,
    mode: RunMode,
    caller: SignalContext,
  ): Promise<{ readonly id: string | undefined; readonly outcome: PlanOutcome }> {
    await this.parts.access.writable(typeId, caller);
    return this.#run(typeId, request, mode, caller);
  }

  /** What a migration would change, also for who may only read the type. @throws as `migrate` */
  async preview(typeId: ThingId, request: MigrationRequest, caller: SignalContext): Promise<PlanOutcome> {
    await this.parts.access.readable(typeId, caller);
    return (await this.#run(typeId, request, { dryRun: true }, caller)).outcome;
  }

  async #run(
    typeId: ThingId,
    request: MigrationRequest,
    mode: RunMode,
    caller: SignalContext,
  ): Promise<{ readonly id: string | undefined; readonly outcome: PlanOutcome }> {
    const to = await this.#version(typeId, request.to);
    const id = mode.dryRun ? undefined : this.parts.ids.uuid();
    const make = async (context: SignalContext): Promise<Plan> => {
      const twins = await this.#changed(typeId, request, to, context);
      // Before the commit: what is not written down cannot be taken back.
      if (id !== undefined && twins.length > 0) await this.#remember(id, typeId, request, twins);
      return { steps: twins.map(({ thing, changes }) => stepOf(thing, changes)), conflicts: [] };
    };
    try {
      return { id, outcome: await this.parts.runner.run(make, mode, caller) };
    } catch (error) {
      if (id !== undefined) await this.parts.records.removeRecords(KIND, [keyOf(typeId, id)]);
      throw error;
    }
  }

  /** Gives twins back what a migration has changed, where that is still as the migration left it. */
  async undo(typeId: ThingId, id: string, mode: RunMode, caller: SignalContext): Promise<PlanOutcome> {
    await this.parts.access.writable(typeId, caller);
    const record = await this.parts.records.record(KIND, keyOf(typeId, id));
    if (record === undefined) throw new MigrationNotFound(typeId, id);
    const migrated = new Map(parseMigrationRecord(record.content).map(({ thingId, changes }) => [thingId, changes]));
    return this.parts.runner.run(
      async (context): Promise<Plan> => {
        const twins = await this.parts.search.all(twinsOf(typeId), context);
        const steps = twins.flatMap((thing) => {
          const changes = undoing(thing, migrated.get(idOf(thing)) ?? []);
          return changes.length === 0 ? [] : [stepOf(thing, changes)];
        });
        return { steps, conflicts: [] };
      },
      mode,
      caller,
    );
  }

  async #changed(
    typeId: ThingId,
    { from, to: version, mapping }: MigrationRequest,
    to: EffectiveType,
    context: SignalContext,
  ): Promise<readonly { readonly thing: JsonObject; readonly changes: readonly ValueChange[] }[]> {
    const twins = await this.parts.search.all(twinsOf(typeId), context);
    if (twins.length > MAX_THINGS) throw new CompositionTooLarge(MAX_THINGS);
    const found: { thing: JsonObject; changes: readonly ValueChange[] }[] = [];
    for (const thing of twins) {
      const at = typeOfTwin(thing)?.version;
      if (at === version || (from !== undefined && at !== from)) continue;
      const origin = at === undefined ? undefined : (await this.parts.catalog.versions.get(typeId, at))?.type;
      const after = migratedTwin(thing, { from: origin, to, version, mapping });
      found.push({ thing, changes: changesBetween(thing, after) });
    }
    return found.filter(({ changes }) => changes.length > 0);
  }

  async #version(typeId: ThingId, version: Version): Promise<EffectiveType> {
    const found = await this.parts.catalog.versions.get(typeId, version);
    if (found === undefined) throw new VersionNotFound(typeId, version);
    return found.type;
  }

  /** Planned again, when another replica was first, it takes the place of the plan before. */
  async #remember(
    id: string,
    typeId: ThingId,
    { from, to }: MigrationRequest,
    twins: readonly { readonly thing: JsonObject; readonly changes: readonly ValueChange[] }[],
  ): Promise<void> {
    const { records } = this.parts;
    const migrated = twins.map(({ thing, changes }): MigratedTwin => ({ thingId: idOf(thing), changes }));
    await records.removeRecords(KIND, [keyOf(typeId, id)]);
    await records.insertRecord(KIND, keyOf(typeId, id), migrationRecord({ typeId, from, to }, migrated));
  }
}

function keyOf(typeId: ThingId, id: string): string {
  return `migration/${typeId}/${id}`;
}

function stepOf(thing: JsonObject, changes: readonly ValueChange[]): Step {
  return { command: { kind: 'merge', thingId: idOf(thing), path: [], value: patchOf(changes) }, before: thing };
}
