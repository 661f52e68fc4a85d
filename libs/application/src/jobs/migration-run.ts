import { GemelError } from '@gemel/model/errors';
import { parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import type { LineError } from '@gemel/model/jobs';
import { formatPointer, isJsonArray, isJsonObject, member, parseJson, parsePointer } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { ThingNotAccessible, liveThing } from '@gemel/model/things';
import type { ModifyingThingCommand } from '@gemel/model/things';
import {
  VersionNotFound,
  changesBetween,
  migratedTwin,
  parseMigrationMapping,
  parseVersion,
  patchOf,
  undoing,
} from '@gemel/model/types';
import type { ValueChange } from '@gemel/model/types';
import { CommitTooLarge, GuardConflict } from '../ports/index.js';
import type { StateStore } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import type { ThingService } from '../things/index.js';
import { typeOfTwin } from '../types/index.js';
import type { TypeCatalog } from '../types/index.js';
import type { ThingsOutcome } from './thing-import.js';

/** What a job does with twins of a type, as it is kept. */
export interface MigrationWork {
  readonly typeId: ThingId;
  /** Twins at this version only; all of the type when absent. */
  readonly from?: string;
  /** Where they go; absent when changes are taken back, which stand on the lines then. */
  readonly to?: string;
  readonly mapping?: JsonObject;
  /** The job whose changes are taken back. */
  readonly undoOf?: string;
}

/** A twin, what a migration changed in it, and the line it stands on. */
export interface TwinLine {
  readonly line: number;
  readonly thingId: ThingId;
  readonly changes: readonly ValueChange[];
}

/** Makes the one commit, once the changes are kept. */
export type CommitChanges = (
  commands: readonly ModifyingThingCommand[],
  outcome: ThingsOutcome,
  changed: readonly TwinLine[],
) => Promise<void>;

export interface MigrationRunParts {
  readonly things: Pick<ThingService, 'rehearse'>;
  readonly states: Pick<StateStore, 'thing'>;
  readonly catalog: TypeCatalog;
}

export function twinLineText({ thingId, changes }: Omit<TwinLine, 'line'>): string {
  const json = changes.map(({ pointer, ...values }) => ({ pointer: formatPointer(pointer), ...values }));
  return JSON.stringify(json.length === 0 ? { thingId } : { thingId, changes: json });
}

/** Reads what `twinLineText` made; nobody else writes these lines. */
export function readTwinLine(text: string, line: number): TwinLine {
  const json = parseJson(text);
  const id = isJsonObject(json) ? member(json, 'thingId') : undefined;
  const changes = isJsonObject(json) ? member(json, 'changes') : undefined;
  return {
    line,
    thingId: parseThingId(typeof id === 'string' ? id : ''),
    changes: changes !== undefined && isJsonArray(changes) ? changes.filter(isJsonObject).map(readChange) : [],
  };
}

/** Moves twins to a version of their type, or takes such changes back: each as it is when its portion is committed. */
export class MigrationRun {
  constructor(private readonly parts: MigrationRunParts) {}

  async run(
    work: MigrationWork,
    lines: readonly TwinLine[],
    { dryRun, context }: { readonly dryRun: boolean; readonly context: SignalContext },
    commit: CommitChanges,
  ): Promise<ThingsOutcome> {
    const errors: LineError[] = [];
    const left: number[] = [];
    let rest = await this.#changed(work, lines, errors);
    const unchanged = lines.length - rest.length - errors.length;
    while (rest.length > 0) {
      const commands = rest.map(commandOf);
      const outcome = { created: 0, changed: rest.length, unchanged, errors, left };
      const refused = await this.#attempt(commands, dryRun, context, () => commit(commands, outcome, rest));
      if (refused === 'half') {
        const half = Math.ceil(rest.length / 2);
        left.push(...rest.slice(half).map(({ line }) => line));
        rest = rest.slice(0, half);
        continue;
      }
      for (const { line, thingId } of rest) {
        const error = refused.get(thingId);
        if (error !== undefined) errors.push({ line, error: { thingId, ...error.toJson() } });
      }
      const good = rest.filter(({ thingId }) => !refused.has(thingId));
      if (refused.size === 0 || dryRun) return { created: 0, changed: good.length, unchanged, errors, left };
      rest = good;
    }
    return { created: 0, changed: 0, unchanged, errors, left };
  }

  /** Those that change, with how. */
  async #changed(work: MigrationWork, lines: readonly TwinLine[], errors: LineError[]): Promise<readonly TwinLine[]> {
    const states = await Promise.all(lines.map(({ thingId }) => this.parts.states.thing(thingId)));
    const changed: TwinLine[] = [];
    for (const [index, line] of lines.entries()) {
      const thing = liveThing(states[index]);
      if (thing === undefined) {
        const error = new ThingNotAccessible(line.thingId);
        errors.push({ line: line.line, error: { thingId: line.thingId, ...error.toJson() } });
        continue;
      }
      const changes = work.to === undefined ? undoing(thing, line.changes) : await this.#changes(work, work.to, thing);
      if (changes.length > 0) changed.push({ ...line, changes });
    }
    return changed;
  }

  async #changes(
    { typeId, from, mapping }: MigrationWork,
    version: string,
    thing: JsonObject,
  ): Promise<readonly ValueChange[]> {
    const { catalog } = this.parts;
    const twin = typeOfTwin(thing);
    const to = parseVersion(version);
    if (twin?.typeId !== typeId || twin.version === to || (from !== undefined && twin.version !== from)) return [];
    const target = await catalog.versions.get(typeId, to);
    if (target === undefined) throw new VersionNotFound(typeId, to);
    const origin = twin.version === undefined ? undefined : await catalog.versions.get(typeId, twin.version);
    const migration = {
      from: origin?.type,
      to: target.type,
      version: to,
      mapping: parseMigrationMapping(mapping ?? {}),
    };
    return changesBetween(thing, migratedTwin(thing, migration));
  }

  async #attempt(
    commands: readonly ModifyingThingCommand[],
    dryRun: boolean,
    context: SignalContext,
    commit: () => Promise<void>,
  ): Promise<ReadonlyMap<ThingId, GemelError> | 'half'> {
    if (dryRun) return this.#refused(commands, context);
    try {
      await commit();
      return new Map();
    } catch (error) {
      if (!(error instanceof GemelError) || error.code === GuardConflict.code || error.status >= 500) throw error;
      if (error instanceof CommitTooLarge && commands.length > 1) return 'half';
      const refused = await this.#refused(commands, context);
      const [only] = commands;
      if (refused.size > 0 || only === undefined) return refused;
      if (commands.length > 1) throw error;
      return new Map([[only.thingId, error]]);
    }
  }

  async #refused(
    commands: readonly ModifyingThingCommand[],
    context: SignalContext,
  ): Promise<ReadonlyMap<ThingId, GemelError>> {
    const refusals = await this.parts.things.rehearse(commands, context);
    const ofLines = refusals.filter(({ error }) => commands.length === 1 || !(error instanceof CommitTooLarge));
    return new Map(ofLines.map(({ thingId, error }) => [thingId, error]));
  }
}

function commandOf({ thingId, changes }: TwinLine): ModifyingThingCommand {
  return { kind: 'merge', thingId, path: [], value: patchOf(changes) };
}

function readChange(json: JsonObject): ValueChange {
  const pointer = member(json, 'pointer');
  const [before, after]: readonly (JsonValue | undefined)[] = [member(json, 'before'), member(json, 'after')];
  return {
    pointer: parsePointer(typeof pointer === 'string' ? pointer : ''),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}
