import {
  ParentNotFound,
  ParentsInvalid,
  PartOfItself,
  kindOf,
  parentLinks,
  parentsFirst,
} from '@gemel/model/composition';
import { GemelError } from '@gemel/model/errors';
import type { ThingId } from '@gemel/model/ids';
import type { ImportMode, LineError } from '@gemel/model/jobs';
import type { JsonObject } from '@gemel/model/json';
import { ThingNotCreatable, liveThing } from '@gemel/model/things';
import type { ModifyingThingCommand, Thing } from '@gemel/model/things';
import type { ThingItem } from '@gemel/model/types';
import { CommitTooLarge, GuardConflict } from '../ports/index.js';
import type { StateStore } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import type { ThingService } from '../things/index.js';
import { importStep, structureFaults } from '../transfer/index.js';
import type { KnownIds } from './known-ids.js';
import { lineError } from './portion.js';
import type { ImportLine } from './portion.js';

type ThingLine = ImportLine<ThingItem>;

/** What came of some lines with things. */
export interface ThingsOutcome {
  readonly created: number;
  readonly changed: number;
  readonly errors: readonly LineError[];
  /** Lines that wait for what they need. */
  readonly left: readonly number[];
}

export interface ThingsRequest {
  readonly how: ImportMode;
  /** Whether lines are refused whose parents are not there; else they wait. */
  readonly isLast: boolean;
  /** What a dry run takes for granted; undefined when it is done. */
  readonly rehearsal: KnownIds | undefined;
}

/** Makes the one commit. */
export type Commit = (commands: readonly ModifyingThingCommand[], outcome: ThingsOutcome) => Promise<void>;

interface Planned {
  readonly line: ThingLine;
  readonly command: ModifyingThingCommand;
  readonly isNew: boolean;
}

/** Puts things of an import into one commit: those that may be, each decided by itself. */
export class ThingImport {
  constructor(
    private readonly things: Pick<ThingService, 'rehearse'>,
    private readonly states: Pick<StateStore, 'thing'>,
  ) {}

  /** @param context on whose authority it is decided */
  async run(
    lines: readonly ThingLine[],
    request: ThingsRequest,
    context: SignalContext,
    commit: Commit,
  ): Promise<ThingsOutcome> {
    const errors: LineError[] = [];
    const left: number[] = [];
    const before = await this.#before(lines);
    for (let rest = inOrder(lines); ;) {
      const gone = await this.#faulty(rest, before, request, { errors, left });
      rest = rest.filter((line) => !gone.has(line));
      if (gone.size > 0 && rest.length > 0) continue;
      const planned = planOf(rest, before, request.how);
      const outcome = (): ThingsOutcome => {
        const created = planned.filter(({ isNew }) => isNew).length;
        return { created, changed: planned.length - created, errors, left };
      };
      if (planned.length === 0) return outcome();
      const refused = await this.#attempt(planned, request, context, () => commit(commandsOf(planned), outcome()));
      if (refused === 'half') {
        const half = Math.ceil(rest.length / 2);
        left.push(...rest.slice(half).map(({ line }) => line));
        rest = rest.slice(0, half);
        continue;
      }
      for (const [line, error] of refused) errors.push(lineError(line, error));
      if (request.rehearsal !== undefined) {
        const good = planned.filter(({ line }) => !refused.has(line));
        const created = good.filter(({ isNew }) => isNew).length;
        return { created, changed: good.length - created, errors, left };
      }
      if (refused.size === 0) return outcome();
      rest = rest.filter((line) => !refused.has(line));
    }
  }

  async #before(lines: readonly ThingLine[]): Promise<ReadonlyMap<ThingId, Thing>> {
    const ids = [...new Set(lines.map(({ item }) => item.thingId))];
    const states = await Promise.all(ids.map((id) => this.states.thing(id)));
    return new Map(
      ids.flatMap((id, index) => {
        const thing = liveThing(states[index]);
        return thing === undefined ? [] : [[id, thing]];
      }),
    );
  }

  /** Lines that cannot take part because of their parents; says of each what becomes of it. */
  async #faulty(
    lines: readonly ThingLine[],
    before: ReadonlyMap<ThingId, Thing>,
    { how, isLast, rehearsal }: ThingsRequest,
    { errors, left }: { readonly errors: LineError[]; readonly left: number[] },
  ): Promise<ReadonlySet<ThingLine>> {
    const after = new Map<ThingId, JsonObject>();
    for (const { item } of lines) {
      const stored = before.get(item.thingId);
      after.set(item.thingId, importStep(item, stored, how).after);
    }
    const { invalid, missing, cycles } = await structureFaults(after, this.states);
    const gone = new Set<ThingLine>();
    const each = (id: ThingId, tell: (line: ThingLine) => void): void => {
      for (const line of lines) {
        if (line.item.thingId !== id || gone.has(line)) continue;
        gone.add(line);
        tell(line);
      }
    };
    for (const { thingId, kind } of invalid)
      each(thingId, (line) => errors.push(lineError(line, new ParentsInvalid(thingId, kind))));
    for (const { thingId, path } of cycles)
      each(thingId, (line) => errors.push(lineError(line, new PartOfItself(path))));
    for (const { thingId, parentId, kind } of missing) {
      if (rehearsal?.things.has(parentId) === true) continue;
      each(thingId, (line) => {
        if (isLast) errors.push(lineError(line, new ParentNotFound(parentId, kind)));
        else left.push(line.line);
      });
    }
    return gone;
  }

  /** The lines that are refused; none when the commit was made. `half` when it was too much for one commit. */
  async #attempt(
    planned: readonly Planned[],
    { rehearsal }: ThingsRequest,
    context: SignalContext,
    commit: () => Promise<void>,
  ): Promise<ReadonlyMap<ThingLine, GemelError> | 'half'> {
    if (rehearsal !== undefined) return this.#refused(planned, context, rehearsal);
    try {
      await commit();
      return new Map();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (error instanceof CommitTooLarge && planned.length > 1) return 'half';
      const refused = await this.#refused(planned, context);
      const [only] = planned;
      if (refused.size > 0 || only === undefined) return refused;
      if (planned.length > 1) throw error;
      return new Map([[only.line, error]]);
    }
  }

  async #refused(
    planned: readonly Planned[],
    context: SignalContext,
    known?: KnownIds,
  ): Promise<ReadonlyMap<ThingLine, GemelError>> {
    const refused = new Map<ThingLine, GemelError>();
    for (const { thingId, error } of await this.things.rehearse(commandsOf(planned), context)) {
      // Not the line's: there would be room for fewer of them.
      if (error instanceof CommitTooLarge && planned.length > 1) continue;
      const about = planned.findLast(({ line }) => line.item.thingId === thingId && !refused.has(line));
      const isBrought = known !== undefined && error instanceof ThingNotCreatable && known.bringsPolicyOf(about?.line);
      if (about !== undefined && !isBrought) refused.set(about.line, error);
    }
    return refused;
  }
}

function planOf(lines: readonly ThingLine[], before: ReadonlyMap<ThingId, Thing>, how: ImportMode): readonly Planned[] {
  const seen = new Set<ThingId>();
  return lines.map((line) => {
    const { thingId } = line.item;
    const { command } = importStep(line.item, before.get(thingId), how).step;
    // The second line about a new thing changes it.
    const again = seen.has(thingId) && command.kind === 'create' && how !== 'create';
    seen.add(thingId);
    if (!again) return { line, command, isNew: command.kind === 'create' };
    const { value } = command;
    const kind = how === 'merge' ? 'merge' : 'modify';
    return { line, command: { kind, thingId, path: [], value }, isNew: false };
  });
}

function commandsOf(planned: readonly Planned[]): readonly ModifyingThingCommand[] {
  return planned.map(({ command }) => command);
}

/** Parents before children; lines about one thing stay together, in their order. */
function inOrder(lines: readonly ThingLine[]): readonly ThingLine[] {
  const byId = new Map<ThingId, ThingLine[]>();
  for (const line of lines) byId.set(line.item.thingId, [...(byId.get(line.item.thingId) ?? []), line]);
  return parentsFirst(byId, (about) =>
    about.flatMap(({ item }) => parentLinks(item.thing, kindOf(item.thing)).map(({ parentId }) => parentId)),
  ).flat();
}

function isRefusal(error: unknown): error is GemelError {
  return error instanceof GemelError && error.code !== GuardConflict.code && error.status < 500;
}
