import {
  PARENTS,
  closingLinks,
  faultsOf,
  kindOf,
  mentionedParents,
  parentLinks,
  repairedParents,
  unlinkAllCommand,
} from '@gemel/model/composition';
import type { ClosingLink, Fault, Kind, KindLookup } from '@gemel/model/composition';
import { GemelError } from '@gemel/model/errors';
import type { ThingId } from '@gemel/model/ids';
import { valueAt } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { liveThing } from '@gemel/model/things';
import type { ModifyingThingCommand } from '@gemel/model/things';
import type { SignalContext } from '../signals/index.js';
import { linkedOfKind } from './criteria.js';
import type { GraphReader } from './graph-reader.js';
import { idOf } from './id-of.js';
import type { OneAtATime } from './one-at-a-time.js';
import type { TwinApi } from './twin-api.js';

/** A fault as it is shown; `path` leads down through a cycle, `…` for what the caller may not read. */
export interface ReportedFault extends Fault {
  readonly path?: readonly string[];
}

/** A thing whose parents are not what they should be. */
export interface BrokenThing {
  readonly thingId: ThingId;
  readonly kind: Kind;
  readonly faults: readonly ReportedFault[];
  /** `_parents` as stored. */
  readonly from: JsonValue;
  /** `_parents` after a repair; null for none. */
  readonly to: JsonValue;
}

export interface IntegrityReport {
  /** Things with parents that the caller may read. */
  readonly checked: number;
  readonly things: readonly BrokenThing[];
}

export interface RepairReport {
  readonly checked: number;
  readonly repaired: readonly BrokenThing[];
  /** Things that this caller could not repair. */
  readonly refused: readonly { readonly thingId: ThingId; readonly error: GemelError }[];
}

interface KnownThing {
  readonly kind: Kind;
  readonly thing: JsonObject;
}

const KINDS: readonly Kind[] = ['type', 'twin'];
/** States that are asked for at the same time. */
const AT_ONCE = 100;

/** Finds what direct writes to `_parents` have broken, and mends it. */
export class IntegrityService {
  constructor(
    private readonly api: TwinApi,
    private readonly graph: GraphReader,
    private readonly turns: OneAtATime,
  ) {}

  /** What is wrong with the things that the caller may read, by kind and id. A parent counts though they may not read it. */
  async report(context: SignalContext, kinds: readonly Kind[] = KINDS): Promise<IntegrityReport> {
    const reports: IntegrityReport[] = [];
    for (const kind of kinds) reports.push(await this.#reportOf(kind, context));
    return {
      checked: reports.reduce((sum, { checked }) => sum + checked, 0),
      things: reports.flatMap(({ things }) => things),
    };
  }

  /**
   * Repairs what the report names, each thing in a commit of its own, so that one that the caller may not write does not
   * hold up the others. What has changed meanwhile is looked at again.
   */
  async repair(context: SignalContext, kinds: readonly Kind[] = KINDS): Promise<RepairReport> {
    const { checked, things } = await this.report(context, kinds);
    const repaired: BrokenThing[] = [];
    const refused: { thingId: ThingId; error: GemelError }[] = [];
    for (const broken of things) {
      try {
        const done = await this.turns.run(context, (turn) => this.#repairOne(broken, turn));
        if (done !== undefined) repaired.push(done);
      } catch (error) {
        if (!(error instanceof GemelError)) throw error;
        refused.push({ thingId: broken.thingId, error });
      }
    }
    return { checked, repaired, refused };
  }

  async #reportOf(kind: Kind, context: SignalContext): Promise<IntegrityReport> {
    const linked = await this.graph.all(linkedOfKind(kind), context);
    const known = await this.#withAncestors(kind, linked);
    const kindOfParent: KindLookup = (id) => known.get(id)?.kind;
    const closing = new Map<ThingId, ClosingLink[]>();
    for (const link of closingLinks(soundEdges(kind, known))) {
      closing.set(link.childId, [...(closing.get(link.childId) ?? []), link]);
    }
    const broken: BrokenThing[] = [];
    for (const thing of linked) {
      const thingId = idOf(thing);
      const faults: ReportedFault[] = [...faultsOf(thing, kind, kindOfParent)];
      for (const { parentId, path } of closing.get(thingId) ?? []) {
        faults.push({ problem: 'cycle', parentId, path: await this.graph.readable(path, context) });
      }
      if (faults.length > 0) broken.push(brokenThing(thingId, kind, thing, faults));
    }
    return { checked: linked.length, things: broken };
  }

  /** The things by id, with everything above them whoever may read it. */
  async #withAncestors(kind: Kind, linked: readonly JsonObject[]): Promise<ReadonlyMap<ThingId, KnownThing>> {
    // What the caller sees of them need not tell which kind they are of.
    const known = new Map<ThingId, KnownThing>(linked.map((thing) => [idOf(thing), { kind, thing }]));
    const asked = new Set(known.keys());
    for (let level: readonly JsonObject[] = linked; level.length > 0;) {
      const unknown = new Set(level.flatMap(mentionedParents).filter((id) => !asked.has(id)));
      const found = await this.#states([...unknown]);
      for (const id of unknown) asked.add(id);
      for (const thing of found) known.set(idOf(thing), { kind: kindOf(thing), thing });
      level = found.filter((thing) => kindOf(thing) === kind);
    }
    return known;
  }

  async #states(ids: readonly ThingId[]): Promise<readonly JsonObject[]> {
    const found: JsonObject[] = [];
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const states = await Promise.all(ids.slice(at, at + AT_ONCE).map((id) => this.api.states.thing(id)));
      found.push(...states.flatMap((state) => liveThing(state) ?? []));
    }
    return found;
  }

  async #repairOne({ thingId, kind, faults }: BrokenThing, context: SignalContext): Promise<BrokenThing | undefined> {
    const thing = liveThing(await this.api.states.thing(thingId));
    if (thing === undefined || kindOf(thing) !== kind) return undefined;
    const parents = new Map((await this.#states(mentionedParents(thing))).map((found) => [idOf(found), kindOf(found)]));
    const current: ReportedFault[] = [...faultsOf(thing, kind, (id) => parents.get(id))];
    for (const fault of faults) {
      if (fault.problem === 'cycle' && (await this.#isOnCycle(kind, thing, thingId, fault))) current.push(fault);
    }
    if (current.length === 0) return undefined;
    const broken = brokenThing(thingId, kind, thing, current);
    await this.api.things.execute(repairCommand(broken), context);
    return broken;
  }

  async #isOnCycle(kind: Kind, thing: JsonObject, thingId: ThingId, { parentId }: Fault): Promise<boolean> {
    const link = parentLinks(thing, kind).find((candidate) => candidate.parentId === parentId);
    return link !== undefined && (await this.graph.pathUp(kind, link.parentId, thingId)) !== undefined;
  }
}

function brokenThing(thingId: ThingId, kind: Kind, thing: JsonObject, faults: readonly ReportedFault[]): BrokenThing {
  return { thingId, kind, faults, from: valueAt(thing, PARENTS) ?? null, to: repairedParents(thing, faults) };
}

/** Only links that are right otherwise can be part of a cycle: the others go anyway. */
function soundEdges(kind: Kind, known: ReadonlyMap<ThingId, KnownThing>): ReadonlyMap<ThingId, readonly ThingId[]> {
  const edges = new Map<ThingId, readonly ThingId[]>();
  for (const [id, each] of known) {
    if (each.kind !== kind) continue;
    const parents = parentLinks(each.thing, kind).map(({ parentId }) => parentId);
    edges.set(
      id,
      parents.filter((parentId) => parentId !== id && known.get(parentId)?.kind === kind),
    );
  }
  return edges;
}

/** All of `_parents`: a merge would take some of the keys that can be stored for expressions. */
function repairCommand({ thingId, to }: BrokenThing): ModifyingThingCommand {
  return to === null ? unlinkAllCommand(thingId) : { kind: 'modify', thingId, path: PARENTS, value: to };
}
