import {
  CompositionTooLarge,
  ParentNotFound,
  PartIdAmbiguous,
  PartOfItself,
  findCycle,
  kindOf,
  parentLinks,
  parentsFirst,
} from '@gemel/model/composition';
import type { Conflict, Kind, Plan, Step } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import { isJsonObject, jsonEquals, mergePatch, withoutMember } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import { liveThing } from '@gemel/model/things';
import { VersionExists } from '@gemel/model/types';
import type { TransferItem } from '@gemel/model/types';
import { MAX_THINGS, idOf } from '../composition/index.js';
import type { CompositionReader, PlanOutcome, PlanRunner, RunMode } from '../composition/index.js';
import type { StateStore } from '../ports/index.js';
import type { SearchService } from '../search/index.js';
import type { SignalContext } from '../signals/index.js';
import type { TypeAccess } from '../type-versions/index.js';
import { parseTypeVersion, typeVersionJson } from '../types/index.js';
import type { TypeCatalog } from '../types/index.js';

/** What becomes of things that are there already: a refusal, a merge, a replacement. */
export type ImportMode = 'create' | 'merge' | 'replace';

/** What is exported: a thing with all below it, or all of one kind or both. */
export type ExportScope = { readonly root: ThingId } | { readonly kinds: readonly Kind[] };

export interface TransferParts {
  readonly reads: Readonly<Record<'types' | 'twins', CompositionReader>>;
  readonly search: Pick<SearchService, 'all'>;
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

  /** All in one commit, or nothing; in any order. @throws PlanRefused, VersionExists */
  async import(
    items: readonly TransferItem[],
    { how, ...mode }: RunMode & { readonly how: ImportMode },
    caller: SignalContext,
  ): Promise<PlanOutcome> {
    await this.#refuseOtherVersions(items);
    const outcome = await this.parts.runner.run(() => this.#plan(items, how), mode, caller);
    if (mode.dryRun) return outcome;
    for (const item of items) {
      if (item.kind !== 'version') continue;
      await this.parts.access.writable(item.thingId, caller);
      await this.parts.catalog.versions.add(parseTypeVersion(item.thingId, item.content));
    }
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

  /** Versions never change: the same again is fine, another one is not. */
  async #refuseOtherVersions(items: readonly TransferItem[]): Promise<void> {
    for (const item of items) {
      if (item.kind !== 'version') continue;
      const version = parseTypeVersion(item.thingId, item.content);
      const known = await this.parts.catalog.versions.get(item.thingId, version.version);
      if (known !== undefined && !jsonEquals(typeVersionJson(known), typeVersionJson(version)))
        throw new VersionExists(item.thingId, version.version);
    }
  }

  async #plan(items: readonly TransferItem[], how: ImportMode): Promise<Plan> {
    const things = items.flatMap((item) => (item.kind === 'version' ? [] : [item]));
    const byId = new Map(things.map((item) => [item.thingId, item]));
    const conflicts = things
      .filter((item) => byId.get(item.thingId) !== item)
      .map(({ thingId }): Conflict => ({ thingId, error: new PartIdAmbiguous(thingId) }));
    const steps: Step[] = [];
    const after = new Map<ThingId, JsonObject>();
    for (const { thingId, thing } of byId.values()) {
      const before = liveThing(await this.parts.states.thing(thingId));
      const merged = how === 'merge' ? mergePatch(before, thing) : thing;
      after.set(thingId, isJsonObject(merged) ? merged : thing);
      const value = withoutMember(thing, 'thingId');
      if (before === undefined || how === 'create') steps.push({ command: { kind: 'create', thingId, value } });
      else steps.push({ command: { kind: how === 'merge' ? 'merge' : 'modify', thingId, path: [], value }, before });
    }
    return { steps, conflicts: [...conflicts, ...(await this.#structureConflicts(after))] };
  }

  /** Parents that are neither there nor brought along, or of the other kind; things that would be part of themselves. */
  async #structureConflicts(byId: ReadonlyMap<ThingId, JsonObject>): Promise<readonly Conflict[]> {
    const edges = new Map<ThingId, readonly ThingId[]>();
    const conflicts: Conflict[] = [];
    const pending = new Set(byId.keys());
    for (const id of pending) {
      const thing = byId.get(id) ?? liveThing(await this.parts.states.thing(id));
      if (thing === undefined) continue;
      const kind = kindOf(thing);
      const parents = parentLinks(thing, kind).map(({ parentId }) => parentId);
      edges.set(id, parents);
      for (const parentId of parents) {
        pending.add(parentId);
        const parent = byId.get(parentId) ?? liveThing(await this.parts.states.thing(parentId));
        const isGood = parent !== undefined && kindOf(parent) === kind;
        if (!isGood && byId.has(id)) conflicts.push({ thingId: id, error: new ParentNotFound(parentId, kind) });
      }
    }
    for (const thingId of byId.keys()) {
      const cycle = findCycle(edges, thingId);
      if (cycle?.includes(thingId) === true) return [...conflicts, { thingId, error: new PartOfItself(cycle) }];
    }
    return conflicts;
  }
}
