import { kindOf, parentLinks, parentsFirst } from '@gemel/model/composition';
import { GemelError } from '@gemel/model/errors';
import type { ThingId } from '@gemel/model/ids';
import type { ImportMode, LineError } from '@gemel/model/jobs';
import { ThingNotCreatable, liveThing } from '@gemel/model/things';
import type { ModifyingThingCommand, Thing } from '@gemel/model/things';
import type { ThingItem } from '@gemel/model/types';
import { CommitTooLarge, GuardConflict } from '../ports/index.js';
import type { StateStore } from '../ports/index.js';
import type { SearchService } from '../search/index.js';
import type { SignalContext } from '../signals/index.js';
import type { ThingService } from '../things/index.js';
import { importStep, structureFaults, untouched } from '../transfer/index.js';
import type { KnownIds } from './known-ids.js';
import { lineError } from './portion.js';
import type { ImportLine } from './portion.js';

type ThingLine = ImportLine<ThingItem>;

/** What came of some lines with things. */
export interface ThingsOutcome {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
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

/** A request while it is carried out. */
interface Task extends ThingsRequest {
  readonly context: SignalContext;
  readonly before: ReadonlyMap<ThingId, Thing>;
  readonly errors: LineError[];
  readonly left: number[];
}

interface Planned {
  readonly line: ThingLine;
  readonly command: ModifyingThingCommand;
  readonly isNew: boolean;
}

export interface ThingImportParts {
  readonly things: Pick<ThingService, 'rehearse'>;
  readonly states: Pick<StateStore, 'thing'>;
  readonly search: Pick<SearchService, 'named' | 'visitAll'>;
}

/** Puts things of an import into one commit: those that may be, each decided by itself. */
export class ThingImport {
  constructor(private readonly parts: ThingImportParts) {}

  /** @param context on whose authority it is decided */
  async run(
    lines: readonly ThingLine[],
    request: ThingsRequest,
    context: SignalContext,
    commit: Commit,
  ): Promise<ThingsOutcome> {
    const before = await this.#before(lines);
    const task: Task = { ...request, context, before, errors: [], left: [] };
    const alike = await this.#alike(lines, task);
    for (let rest = inOrder(lines); ;) {
      const gone = await this.#faulty(rest, task);
      rest = rest.filter((line) => !gone.has(line));
      if (gone.size > 0 && rest.length > 0) continue;
      const unchanged = rest.filter((line) => alike.has(line)).length;
      const toDo = rest.filter((line) => !alike.has(line));
      const planned = planOf(toDo, before, request.how);
      if (planned.length === 0) return outcomeOf(planned, unchanged, task);
      const outcome = outcomeOf(planned, unchanged, task);
      const refused = await this.#attempt(planned, request, context, () => commit(commandsOf(planned), outcome));
      if (refused === 'half') {
        const half = Math.ceil(toDo.length / 2);
        task.left.push(...toDo.slice(half).map(({ line }) => line));
        const waiting = new Set(toDo.slice(half));
        rest = rest.filter((line) => !waiting.has(line));
        continue;
      }
      for (const [line, error] of refused) task.errors.push(lineError(line, error));
      const good = planned.filter(({ line }) => !refused.has(line));
      if (request.rehearsal !== undefined || refused.size === 0) return outcomeOf(good, unchanged, task);
      rest = rest.filter((line) => !refused.has(line));
    }
  }

  /** Lines that would change nothing, of things that no other line is about. */
  async #alike(lines: readonly ThingLine[], { before, how, context }: Task): Promise<ReadonlySet<ThingLine>> {
    const single = [...byThing(lines).values()].flatMap(([line, ...others]) =>
      line === undefined || others.length > 0
        ? []
        : [{ line, made: importStep(line.item, before.get(line.item.thingId), how) }],
    );
    const alike = single.filter(({ made }) => !made.isChange);
    const ids = alike.map(({ line }) => line.item.thingId);
    const found = ids.length === 0 ? [] : await this.parts.search.named(ids, context);
    const seen = new Map(found.map((match) => [match.thing.thingId, match]));
    const left = untouched(
      alike.map(({ made }) => made),
      seen,
    );
    return new Set(alike.filter(({ line }) => left.has(line.item.thingId)).map(({ line }) => line));
  }

  async #before(lines: readonly ThingLine[]): Promise<ReadonlyMap<ThingId, Thing>> {
    const ids = [...new Set(lines.map(({ item }) => item.thingId))];
    const states = await Promise.all(ids.map((id) => this.parts.states.thing(id)));
    return new Map(
      ids.flatMap((id, index) => {
        const thing = liveThing(states[index]);
        return thing === undefined ? [] : [[id, thing]];
      }),
    );
  }

  /** Lines that cannot take part because of those above or below them; says of each what becomes of it. */
  async #faulty(
    lines: readonly ThingLine[],
    { how, isLast, rehearsal, context, before, errors, left }: Task,
  ): Promise<ReadonlySet<ThingLine>> {
    const arrivals = new Map(
      lines.map(({ item }) => {
        const stored = before.get(item.thingId);
        return [item.thingId, { before: stored, after: importStep(item, stored, how).after }];
      }),
    );
    const gone = new Set<ThingLine>();
    const about = byThing(lines);
    for (const { thingId, error, parentId } of await structureFaults(arrivals, this.parts, context)) {
      if (parentId !== undefined && rehearsal?.things.has(parentId) === true) continue;
      for (const line of about.get(thingId) ?? []) {
        if (gone.has(line)) continue;
        gone.add(line);
        if (parentId === undefined || isLast) errors.push(lineError(line, error));
        else left.push(line.line);
      }
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
    for (const { index, error } of await this.parts.things.rehearse(commandsOf(planned), context)) {
      // Not the line's: there would be room for fewer of them.
      if (error instanceof CommitTooLarge && planned.length > 1) continue;
      const line = planned[index]?.line;
      const isBrought = known !== undefined && error instanceof ThingNotCreatable && known.bringsPolicyOf(line);
      if (line !== undefined && !isBrought) refused.set(line, error);
    }
    return refused;
  }
}

function outcomeOf(planned: readonly Planned[], unchanged: number, { errors, left }: Task): ThingsOutcome {
  const created = planned.filter(({ isNew }) => isNew).length;
  return { created, changed: planned.length - created, unchanged, errors, left };
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
  return parentsFirst(byThing(lines), (about) =>
    about.flatMap(({ item }) => parentLinks(item.thing, kindOf(item.thing)).map(({ parentId }) => parentId)),
  ).flat();
}

/** The lines about each thing, in their order. */
function byThing(lines: readonly ThingLine[]): ReadonlyMap<ThingId, readonly ThingLine[]> {
  const found = new Map<ThingId, ThingLine[]>();
  for (const line of lines) {
    const about = found.get(line.item.thingId);
    if (about === undefined) found.set(line.item.thingId, [line]);
    else about.push(line);
  }
  return found;
}

function isRefusal(error: unknown): error is GemelError {
  return error instanceof GemelError && error.code !== GuardConflict.code && error.status < 500;
}
