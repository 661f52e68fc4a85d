import type { ThingId } from '@gemel/model/ids';
import { IMPORT_PHASES } from '@gemel/model/jobs';
import type { ImportPhase, ImportPlace, LineError, PortionOutcome } from '@gemel/model/jobs';
import { jsonEquals, member } from '@gemel/model/json';
import type { ThingItem } from '@gemel/model/types';
import type { OneAtATime } from '../composition/index.js';
import type { Clock, EventLog, StateStore } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import type { ThingService } from '../things/index.js';
import { addVersion, isKnownVersion } from '../transfer/index.js';
import type { TypeAccess } from '../type-versions/index.js';
import type { TypeCatalog } from '../types/index.js';
import type { ImportIntent, ImportJob } from './import-job.js';
import { ordered } from './job-shelf.js';
import type { JobLimits } from './job-limits.js';
import type { JobShelf, ShelvedJob } from './job-shelf.js';
import type { KnownIds } from './known-ids.js';
import { eachLine } from './policy-import.js';
import type { PolicyImport } from './policy-import.js';
import { isOf, readLines } from './portion.js';
import type { ImportLine, ReadLines } from './portion.js';
import { readTwinLine, twinLineText } from './migration-run.js';
import type { MigrationRun, MigrationWork } from './migration-run.js';
import type { Commit, ThingImport, ThingsOutcome } from './thing-import.js';

/** Events of a thing among which a commit is looked for that was made just before a crash. */
const LOOKS_BACK = 200;

export interface PortionImportParts {
  readonly shelf: JobShelf;
  readonly things: ThingImport;
  readonly migrations: MigrationRun;
  readonly policies: PolicyImport;
  readonly service: Pick<ThingService, 'executeAll'>;
  readonly access: TypeAccess;
  readonly catalog: TypeCatalog;
  readonly states: Pick<StateStore, 'thing'>;
  readonly log: Pick<EventLog, 'history'>;
  readonly turns: OneAtATime;
  readonly clock: Clock;
  readonly limits: Pick<JobLimits, 'maxErrors'>;
}

/** A portion that is dealt with, and the job as it was stored last. */
export interface DonePortion {
  readonly shelved: ShelvedJob;
  readonly outcome: PortionOutcome;
  readonly keptErrors: number;
  readonly kinds: ImportJob['kinds'];
}

/** Somebody else has changed the job: cancelled it, or works on it. */
class JobChanged extends Error {}

/** Deals with one portion of the lines of a job. */
export class PortionImport {
  constructor(private readonly parts: PortionImportParts) {}

  /** Undefined when somebody else has changed the job meanwhile: then nothing was done. */
  async run(current: ShelvedJob, known: KnownIds | undefined): Promise<DonePortion | undefined> {
    const { place, intent, kinds } = current.job;
    if (intent !== undefined && (await this.#isCommitted(intent))) {
      const kept = Math.min(intent.outcome.counts.failed ?? 0, this.parts.limits.maxErrors);
      return { shelved: current, outcome: intent.outcome, keptErrors: kept, kinds };
    }
    if (current.job.work !== undefined) return this.#migrate(current, current.job.work);
    const read = await this.#read(current.job);
    if (place.phase === 'type' || place.phase === 'twin') return this.#commitThings(current, read, known);
    const { counts, errors } = await this.#oneByOne(current.job, read);
    await this.#keepErrors(current.job, errors);
    const settled = read.items.length + read.errors.length;
    return {
      shelved: current,
      outcome: { counts: { ...counts, failed: errors.length }, settled, left: 0 },
      keptErrors: this.#keptOf(current.job, errors),
      kinds: place.phase === 'check' ? counted(kinds, read) : kinds,
    };
  }

  /** The lines that the place is about. */
  async #read({ id, place }: ImportJob): Promise<ReadLines> {
    const { shelf } = this.parts;
    if (place.pass === 0) {
      const { first, lines } = await shelf.lines(id, place.part);
      return readLines(first, lines);
    }
    const left = new Set(await shelf.leftLines(id, passOf({ ...place, pass: place.pass - 1 }), place.part));
    if (left.size === 0) return { items: [], errors: [] };
    const { first, lines } = await shelf.lines(id, place.part);
    const read = readLines(first, lines);
    return { items: read.items.filter(({ line }) => left.has(line)), errors: [] };
  }

  async #oneByOne(
    { place, mode, dryRun, subjects, id }: ImportJob,
    read: ReadLines,
  ): Promise<Pick<Awaited<ReturnType<typeof eachLine>>, 'counts' | 'errors'>> {
    const context = { subjects, headers: { 'correlation-id': commitOf(id, place) } };
    switch (place.phase) {
      case 'policy':
        return eachLine(read.items.filter(isOf('policy')), ({ item }) =>
          this.parts.policies.run(item, { how: mode, dryRun }, context),
        );
      case 'version':
        return eachLine(read.items.filter(isOf('version')), async ({ item }) => {
          if (await isKnownVersion(item, this.parts.catalog)) return 'unchanged';
          if (!dryRun) await addVersion(item, this.parts, context);
          return 'created';
        });
      default:
        return { counts: {}, errors: read.errors };
    }
  }

  async #commitThings(
    current: ShelvedJob,
    read: ReadLines,
    known: KnownIds | undefined,
  ): Promise<DonePortion | undefined> {
    const { job } = current;
    const { place } = job;
    const lines = read.items.filter((line): line is ImportLine<ThingItem> => line.item.kind === place.phase);
    const request = { how: job.mode, isLast: place.isLast, rehearsal: known };
    return this.#inOneCommit(current, lines.length, known !== undefined, (caller, commit) =>
      this.parts.things.run(lines, request, caller, commit),
    );
  }

  async #migrate(current: ShelvedJob, work: MigrationWork): Promise<DonePortion | undefined> {
    const { job } = current;
    const { id, place, dryRun } = job;
    const { first, lines } = await this.parts.shelf.lines(id, place.part);
    const left =
      place.pass === 0
        ? undefined
        : new Set(await this.parts.shelf.leftLines(id, passOf({ ...place, pass: place.pass - 1 }), place.part));
    const twins = lines
      .map((text, index) => readTwinLine(text, first + index))
      .filter(({ line }) => left === undefined || left.has(line));
    return this.#inOneCommit(current, twins.length, dryRun, (context, commit) =>
      this.parts.migrations.run(work, twins, { dryRun, context }, async (commands, outcome, changed) => {
        await this.parts.shelf.putChanges(id, portionOf(place), changed.map(twinLineText));
        await commit(commands, outcome);
      }),
    );
  }

  /** @param isRehearsal whether nothing is committed */
  async #inOneCommit(
    current: ShelvedJob,
    lines: number,
    isRehearsal: boolean,
    run: (caller: SignalContext, commit: Commit) => Promise<ThingsOutcome>,
  ): Promise<DonePortion | undefined> {
    const { job } = current;
    if (lines === 0) return nothingIn(current);
    const context: SignalContext = {
      subjects: job.subjects,
      headers: { 'correlation-id': commitOf(job.id, job.place) },
      isPatient: true,
      // A twin that is deleted meanwhile must not come back as what changes of it.
      ...(job.work === undefined ? {} : { preconditions: { ifMatch: '*' } }),
    };
    let shelved = current;
    const work = (caller: SignalContext) =>
      run(caller, async (commands, outcome) => {
        const [first] = commands;
        if (first === undefined) return;
        shelved = await this.#intend(shelved, first.thingId, outcome, lines);
        await this.parts.service.executeAll(commands, caller);
      });
    try {
      const outcome = isRehearsal ? await work(context) : await this.parts.turns.run(context, work);
      await this.#keep(job, outcome);
      const keptErrors = this.#keptOf(job, outcome.errors);
      return { shelved, outcome: outcomeOf(outcome, lines), keptErrors, kinds: job.kinds };
    } catch (error) {
      if (error instanceof JobChanged) return undefined;
      throw error;
    }
  }

  /** Before the commit: after a crash it tells what to look for, and what it came to. */
  async #intend(
    { job, revision }: ShelvedJob,
    thingId: ThingId,
    outcome: ThingsOutcome,
    lines: number,
  ): Promise<ShelvedJob> {
    await this.#keep(job, outcome);
    const intent = { commit: commitOf(job.id, job.place), thingId, outcome: outcomeOf(outcome, lines) };
    const next = await this.parts.shelf.replace({ job: { ...job, intent }, revision }, this.parts.clock.now());
    if (next === undefined) throw new JobChanged();
    return next;
  }

  async #isCommitted({ commit, thingId }: ImportIntent): Promise<boolean> {
    const state = await this.parts.states.thing(thingId);
    if (state === undefined) return false;
    const to = state.revision;
    const events = await this.parts.log.history('thing', thingId, { from: Math.max(1, to - LOOKS_BACK), to });
    return events.some(({ event }) => jsonEquals(member(event.headers, 'correlation-id'), commit));
  }

  async #keep(job: ImportJob, { errors, left }: ThingsOutcome): Promise<void> {
    const { id, place } = job;
    if (left.length > 0 || job.intent !== undefined)
      await this.parts.shelf.leaveLines(id, passOf(place), place.part, left);
    await this.#keepErrors(job, errors);
  }

  #keptOf({ errors }: ImportJob, more: readonly unknown[]): number {
    return Math.min(more.length, Math.max(0, this.parts.limits.maxErrors - errors));
  }

  async #keepErrors(job: ImportJob, errors: readonly LineError[]): Promise<void> {
    const kept = errors.toSorted((a, b) => a.line - b.line).slice(0, this.#keptOf(job, errors));
    if (kept.length === 0 && job.intent === undefined) return;
    await this.parts.shelf.putErrors(job.id, portionOf(job.place), kept);
  }
}

function nothingIn(current: ShelvedJob): DonePortion {
  const { kinds } = current.job;
  return { shelved: current, outcome: { counts: {}, settled: 0, left: 0 }, keptErrors: 0, kinds };
}

function outcomeOf({ created, changed, unchanged, errors, left }: ThingsOutcome, lines: number): PortionOutcome {
  return {
    counts: { created, changed, unchanged, failed: errors.length },
    settled: lines - left.length,
    left: left.length,
  };
}

function counted(kinds: ImportJob['kinds'], { items }: ReadLines): ImportJob['kinds'] {
  const of = (kind: keyof ImportJob['kinds']) => kinds[kind] + items.filter(({ item }) => item.kind === kind).length;
  return { policy: of('policy'), type: of('type'), version: of('version'), twin: of('twin') };
}

/** One for each commit of a job, and the same when it is made again. */
function commitOf(id: string, place: ImportPlace): string {
  return `job-${id}-${passOf(place)}-${place.part}`;
}

function portionOf(place: ImportPlace): string {
  return `${passOf(place)}-${ordered(place.part)}`;
}

/** Phases and passes in their order. */
function passOf({ phase, pass }: { readonly phase: ImportPhase; readonly pass: number }): string {
  return `${IMPORT_PHASES.indexOf(phase)}-${ordered(pass)}`;
}
