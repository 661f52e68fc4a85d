import {
  CompositionTooLarge,
  PartIdAmbiguous,
  parentLinks,
  parentsFirst,
  tellsKind,
  withAttributes,
} from '@gemel/model/composition';
import type { Conflict, Kind, Plan } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import type { ImportMode } from '@gemel/model/jobs';
import type { JsonObject } from '@gemel/model/json';
import { liveThing } from '@gemel/model/things';
import type { Thing } from '@gemel/model/things';
import { PoliciesTakeJob } from '@gemel/model/types';
import type { ThingItem, TransferItem } from '@gemel/model/types';
import { MAX_THINGS, idOf, ofKind, storedKind } from '../composition/index.js';
import type { CompositionReader, PlanOutcome, PlanRunner, RunMode } from '../composition/index.js';
import type { StateStore, ThingMatch } from '../ports/index.js';
import type { SearchService } from '../search/index.js';
import type { SignalContext } from '../signals/index.js';
import type { TypeAccess } from '../type-versions/index.js';
import { typeVersionJson } from '../types/index.js';
import type { TypeCatalog } from '../types/index.js';
import { importStep } from './import-step.js';
import { addVersion, isKnownVersion } from './import-version.js';
import { structureFaults } from './structure-faults.js';
import { untouched } from './untouched.js';

/** What is exported: a thing with all below it, of whichever kind when none is named, or all of one kind or both. */
export type ExportScope =
  { readonly root: ThingId; readonly kind?: Kind | undefined } | { readonly kinds: readonly Kind[] };

export interface TransferParts {
  readonly reads: Readonly<Record<'types' | 'twins', CompositionReader>>;
  readonly search: Pick<SearchService, 'all' | 'named' | 'visitAll'>;
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
   * @throws ThingNotAccessible, NotOfKind, CompositionTooLarge
   */
  async export(scope: ExportScope, caller: SignalContext): Promise<readonly TransferItem[]> {
    const things = 'root' in scope ? await this.#tree(scope, caller) : await this.#all(scope.kinds, caller);
    if (things.length > MAX_THINGS) throw new CompositionTooLarge(MAX_THINGS);
    const ordered = (['type', 'twin'] as const).flatMap((kind) => {
      const known = new Map(things.filter((item) => item.kind === kind).map((item) => [item.thingId, item]));
      return parentsFirst(known, ({ thing }) => parentLinks(thing, kind).map(({ parentId }) => parentId));
    });
    const items: TransferItem[] = [];
    for (const item of ordered) {
      items.push(item);
      if (item.kind === 'type') items.push(...(await this.#versions(item.thingId, caller)));
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

  async #tree(
    { root, kind }: Extract<ExportScope, { root: ThingId }>,
    caller: SignalContext,
  ): Promise<readonly ThingItem[]> {
    const [match] = kind === undefined ? await this.parts.search.named([root], caller) : [];
    const found = kind ?? (match === undefined ? 'twin' : storedKind(match.state, match.thing));
    const things = await this.parts.reads[found === 'type' ? 'types' : 'twins'].listTree(root, Infinity, caller);
    return things.map(itemOf(found));
  }

  async #all(kinds: readonly Kind[], caller: SignalContext): Promise<readonly ThingItem[]> {
    const found: ThingItem[] = [];
    for (const kind of kinds) found.push(...(await this.parts.search.all(ofKind(kind), caller)).map(itemOf(kind)));
    return found;
  }

  async #versions(typeId: ThingId, caller: SignalContext): Promise<readonly TransferItem[]> {
    if ((await this.parts.access.source(caller)(typeId)) === undefined) return [];
    const versions = await this.parts.catalog.versions.list(typeId);
    return versions.map((version) => ({ kind: 'version', thingId: typeId, content: typeVersionJson(version) }));
  }

  async #plan(items: readonly TransferItem[], how: ImportMode, context: SignalContext): Promise<Plan> {
    const { states, search } = this.parts;
    const things = items.filter((item): item is ThingItem => item.kind === 'type' || item.kind === 'twin');
    const byId = new Map(things.map((item) => [item.thingId, item]));
    const conflicts = things
      .filter((item) => byId.get(item.thingId) !== item)
      .map(({ thingId }): Conflict => ({ thingId, error: new PartIdAmbiguous(thingId) }));
    const stored = await Promise.all([...byId.keys()].map((id) => states.thing(id)));
    const made = [...byId.values()].map((item, index) => {
      const before = liveThing(stored[index]);
      return { before, ...importStep(item, before, how) };
    });
    const seen = await this.#seen(made, context);
    const left = untouched(made, seen);
    const steps = made
      .filter(({ step }) => !left.has(step.command.thingId))
      .map(({ step }) => ({ ...step, before: step.before && seen.get(step.command.thingId)?.thing }));
    const arrivals = new Map(made.map((each) => [each.step.command.thingId, each]));
    const faults = await structureFaults(arrivals, { states, search }, context);
    // One way around is enough to see what is wrong.
    const cycle = faults.find(({ problem }) => problem === 'cycle');
    for (const { thingId, error, problem } of faults)
      if (problem !== 'cycle' || thingId === cycle?.thingId) conflicts.push({ thingId, error });
    return { steps, conflicts };
  }

  /** Those of the things that are there already that the caller may read, as they see them. */
  async #seen(
    all: readonly { readonly before: Thing | undefined }[],
    context: SignalContext,
  ): Promise<ReadonlyMap<ThingId, ThingMatch>> {
    const ids = all.flatMap(({ before }) => before?.thingId ?? []);
    const found = ids.length === 0 ? [] : await this.parts.search.named(ids, context);
    return new Map(found.map((match) => [match.thing.thingId, match]));
  }
}

/** A type says that it is one, also where the caller does not read so much of it: without, an import would make a twin of it. */
function itemOf(kind: Kind): (thing: JsonObject) => ThingItem {
  return (thing) => {
    const told = kind === 'twin' || tellsKind(thing) ? thing : withAttributes(thing, { _isType: true });
    return { kind, thingId: idOf(thing), thing: told };
  };
}
