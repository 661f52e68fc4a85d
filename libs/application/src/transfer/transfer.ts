import {
  CompositionTooLarge,
  ParentNotFound,
  ParentsInvalid,
  PartIdAmbiguous,
  PartOfItself,
  kindOf,
  parentLinks,
  parentsFirst,
} from '@gemel/model/composition';
import type { Conflict, Kind, Plan, Step } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import type { ImportMode } from '@gemel/model/jobs';
import { jsonEquals } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import { liveThing } from '@gemel/model/things';
import { PoliciesTakeJob } from '@gemel/model/types';
import type { ThingItem, TransferItem } from '@gemel/model/types';
import { MAX_THINGS, idOf } from '../composition/index.js';
import type { CompositionReader, PlanOutcome, PlanRunner, RunMode } from '../composition/index.js';
import type { StateStore } from '../ports/index.js';
import type { SearchService } from '../search/index.js';
import type { SignalContext } from '../signals/index.js';
import type { TypeAccess } from '../type-versions/index.js';
import { typeVersionJson } from '../types/index.js';
import type { TypeCatalog } from '../types/index.js';
import { importStep } from './import-step.js';
import type { ImportStep } from './import-step.js';
import { addVersion, isKnownVersion } from './import-version.js';
import { structureFaults } from './structure-faults.js';

/** What is exported: a thing with all below it, or all of one kind or both. */
export type ExportScope = { readonly root: ThingId } | { readonly kinds: readonly Kind[] };

export interface TransferParts {
  readonly reads: Readonly<Record<'types' | 'twins', CompositionReader>>;
  readonly search: Pick<SearchService, 'all' | 'named'>;
  readonly states: Pick<StateStore, 'thing'>;
  readonly access: TypeAccess;
  readonly catalog: TypeCatalog;
  readonly runner: PlanRunner;
}

/** Carries types, their versions and twins from one Gemel to another. */
export class Transfer {
  constructor(private readonly parts: TransferParts) {}

  /**
   * What the caller may read: types before twins, parents before children, versions after their types.
   * @throws ThingNotAccessible, CompositionTooLarge
   */
  async export(scope: ExportScope, caller: SignalContext): Promise<readonly TransferItem[]> {
    const things = 'root' in scope ? await this.#tree(scope.root, caller) : await this.#all(scope.kinds, caller);
    if (things.length > MAX_THINGS) throw new CompositionTooLarge(MAX_THINGS);
    const ordered = (['type', 'twin'] as const).flatMap((kind) => {
      const ofKind = new Map(things.filter((thing) => kindOf(thing) === kind).map((thing) => [idOf(thing), thing]));
      return parentsFirst(ofKind, (thing) => parentLinks(thing, kind).map(({ parentId }) => parentId));
    });
    const items: TransferItem[] = [];
    for (const thing of ordered) {
      items.push({ kind: kindOf(thing), thingId: idOf(thing), thing });
      if (kindOf(thing) === 'type') items.push(...(await this.#versions(idOf(thing), caller)));
    }
    return items;
  }

  /** All in one commit, or nothing; in any order. @throws PlanRefused, VersionExists, PoliciesTakeJob */
  async import(
    items: readonly TransferItem[],
    { how, ...mode }: RunMode & { readonly how: ImportMode },
    caller: SignalContext,
  ): Promise<PlanOutcome> {
    const versions = items.filter((item) => item.kind === 'version');
    if (items.some(({ kind }) => kind === 'policy')) throw new PoliciesTakeJob();
    for (const version of versions) await isKnownVersion(version, this.parts.catalog);
    const outcome = await this.parts.runner.run((context) => this.#plan(items, how, context), mode, caller);
    if (mode.dryRun) return outcome;
    for (const version of versions) await addVersion(version, this.parts, caller);
    return outcome;
  }

  async #tree(root: ThingId, caller: SignalContext): Promise<readonly JsonObject[]> {
    const thing = liveThing(await this.parts.states.thing(root));
    const reader = thing !== undefined && kindOf(thing) === 'type' ? this.parts.reads.types : this.parts.reads.twins;
    return reader.listTree(root, Infinity, caller);
  }

  async #all(kinds: readonly Kind[], caller: SignalContext): Promise<readonly JsonObject[]> {
    const isType = { op: 'eq', property: ['attributes', '_isType'], value: true } as const;
    const found: JsonObject[] = [];
    for (const kind of kinds) {
      found.push(...(await this.parts.search.all(kind === 'type' ? isType : { op: 'not', operand: isType }, caller)));
    }
    return found;
  }

  async #versions(typeId: ThingId, caller: SignalContext): Promise<readonly TransferItem[]> {
    if ((await this.parts.access.source(caller)(typeId)) === undefined) return [];
    const versions = await this.parts.catalog.versions.list(typeId);
    return versions.map((version) => ({ kind: 'version', thingId: typeId, content: typeVersionJson(version) }));
  }

  async #plan(items: readonly TransferItem[], how: ImportMode, context: SignalContext): Promise<Plan> {
    const things = items.filter((item): item is ThingItem => item.kind === 'type' || item.kind === 'twin');
    const byId = new Map(things.map((item) => [item.thingId, item]));
    const conflicts = things
      .filter((item) => byId.get(item.thingId) !== item)
      .map(({ thingId }): Conflict => ({ thingId, error: new PartIdAmbiguous(thingId) }));
    const before = await Promise.all([...byId.keys()].map((id) => this.parts.states.thing(id)));
    const made = [...byId.values()].map((item, index) => importStep(item, liveThing(before[index]), how));
    const after = new Map([...byId.keys()].map((id, index) => [id, made[index]?.after ?? {}]));
    const steps = await this.#changes(made, context);
    const { invalid, missing, cycles } = await structureFaults(after, this.parts.states);
    conflicts.push(
      ...invalid.map(({ thingId, kind }) => ({ thingId, error: new ParentsInvalid(thingId, kind) })),
      ...missing.map(({ thingId, parentId, kind }) => ({ thingId, error: new ParentNotFound(parentId, kind) })),
      ...cycles.slice(0, 1).map(({ thingId, path }) => ({ thingId, error: new PartOfItself(path) })),
    );
    return { steps, conflicts };
  }

  /**
   * Without those of things that are like that already, as far as the caller may read them wholly: that an import would not change a
   * thing tells what is in it.
   */
  async #changes(all: readonly ImportStep[], context: SignalContext): Promise<readonly Step[]> {
    const alike = all.filter(({ isChange }) => !isChange).map(({ step }) => step.command.thingId);
    const seen = alike.length === 0 ? [] : await this.parts.search.named(alike, context);
    const left = new Set(
      seen.filter(({ thing, state }) => jsonEquals(thing, liveThing(state) ?? null)).map(({ thing }) => idOf(thing)),
    );
    return all.filter(({ step, isChange }) => isChange || !left.has(step.command.thingId)).map(({ step }) => step);
  }
}
