import { CompositionTooLarge } from '@gemel/model/composition';
import type { Plan, Step } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { MigrationNotFound, VersionNotFound, changesBetween, migratedTwin, patchOf, undoing } from '@gemel/model/types';
import type { EffectiveType, MigrationMapping, ValueChange, Version } from '@gemel/model/types';
import { MAX_THINGS, idOf, instancesOf } from '../composition/index.js';
import type { PlanOutcome, PlanRunner, RunMode } from '../composition/index.js';
import type { IdSource, RecordStore } from '../ports/index.js';
import type { SearchService, StreamedMatch } from '../search/index.js';
import type { SignalContext } from '../signals/index.js';
import { typeOfTwin } from '../types/index.js';
import type { TypeCatalog } from '../types/index.js';
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
  readonly access: Pick<TypeAccess, 'readable' | 'writable'>;
  readonly catalog: { readonly versions: Pick<TypeCatalog['versions'], 'get'> };
  readonly search: Pick<SearchService, 'stream'>;
  readonly runner: Pick<PlanRunner, 'run'>;
  readonly records: RecordStore;
  readonly ids: IdSource;
}

/** Some of what a migration would change, by thing ID, with what stands against it. */
export interface MigrationPage {
  readonly outcome: PlanOutcome;
  /** How many would change in all. */
  readonly twins: number;
  /** What the next page comes after; undefined on the last one. */
  readonly next: ThingId | undefined;
}

interface ChangedTwin {
  readonly thing: JsonObject;
  readonly changes: readonly ValueChange[];
}

const KIND = 'job';

/** Twins that go from one version of their type to another: a plan first, then one commit, which can be taken back. */
export class Migrations {
  constructor(private readonly parts: MigrationsParts) {}

  /** @throws VersionNotFound, CompositionTooLarge when too many twins change, PlanRefused */
  async migrate(
    typeId: ThingId,
    request: MigrationRequest,
    mode: RunMode,
    caller: SignalContext,
  ): Promise<{ readonly id: string | undefined; readonly outcome: PlanOutcome }> {
    await this.parts.access.writable(typeId, caller);
    return this.#run(typeId, request, mode, caller);
  }

  /**
   * One page of what a migration would change, also for who may only read the type. No more twins than the page and a portion
   * of the search are held.
   * @throws VersionNotFound
   */
  async preview(
    typeId: ThingId,
    request: MigrationRequest,
    { after, size }: { readonly after: string; readonly size: number },
    caller: SignalContext,
  ): Promise<MigrationPage> {
    await this.parts.access.readable(typeId, caller);
    const to = await this.#version(typeId, request.to);
    const steps: Step[] = [];
    let [twins, isMore] = [0, false];
    for await (const portion of this.#twins(typeId, caller)) {
      for (const { thing, changes } of await this.#changed(typeId, request, to, portion)) {
        twins += 1;
        if (idOf(thing) <= after) continue;
        if (steps.length < size) steps.push(stepOf(thing, changes));
        else isMore = true;
      }
    }
    const plan = Promise.resolve({ steps, conflicts: [] });
    const outcome = await this.parts.runner.run(() => plan, { dryRun: true }, caller);
    return { outcome, twins, next: isMore ? steps.at(-1)?.command.thingId : undefined };
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
      const twins: ChangedTwin[] = [];
      for await (const portion of this.#twins(typeId, context)) {
        twins.push(...(await this.#changed(typeId, request, to, portion)));
        if (twins.length > MAX_THINGS) throw new CompositionTooLarge(MAX_THINGS);
      }
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

  /**
   * Gives twins back what a migration has changed, where that is still as the migration left it. Of the type's twins those that
   * it changed are held, and a portion.
   * @throws MigrationNotFound, PlanRefused
   */
  async undo(typeId: ThingId, id: string, mode: RunMode, caller: SignalContext): Promise<PlanOutcome> {
    await this.parts.access.writable(typeId, caller);
    const record = await this.parts.records.record(KIND, keyOf(typeId, id));
    if (record === undefined) throw new MigrationNotFound(typeId, id);
    const migrated = new Map(parseMigrationRecord(record.content).map(({ thingId, changes }) => [thingId, changes]));
    return this.parts.runner.run(
      async (context): Promise<Plan> => {
        const steps: Step[] = [];
        for await (const portion of this.#twins(typeId, context)) {
          for (const { item: thing } of portion) {
            const changes = undoing(thing, migrated.get(idOf(thing)) ?? []);
            if (changes.length > 0) steps.push(stepOf(thing, changes));
          }
        }
        return { steps, conflicts: [] };
      },
      mode,
      caller,
    );
  }

  /** Portion by portion: there may be more than memory for them. */
  #twins(typeId: ThingId, caller: SignalContext): AsyncIterable<readonly StreamedMatch[]> {
    return this.parts.search.stream({ scope: instancesOf(typeId) }, caller);
  }

  async #changed(
    typeId: ThingId,
    { from, to: version, mapping }: MigrationRequest,
    to: EffectiveType,
    twins: readonly StreamedMatch[],
  ): Promise<readonly ChangedTwin[]> {
    const found: ChangedTwin[] = [];
    for (const { item: thing } of twins) {
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
    twins: readonly ChangedTwin[],
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
