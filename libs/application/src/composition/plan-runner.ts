import { GemelError } from '@gemel/model/errors';
import { PlanRefused, TwinExists } from '@gemel/model/composition';
import type { Conflict, Plan } from '@gemel/model/composition';
import { liveThing } from '@gemel/model/things';
import { GuardConflict } from '../ports/index.js';
import type { ThingMatch } from '../ports/index.js';
import { checkPreconditions, entityTag } from '../signals/index.js';
import type { Preconditions, SignalContext } from '../signals/index.js';
import { THING_PRECONDITIONS } from '../things/index.js';
import type { OneAtATime } from './one-at-a-time.js';
import type { TwinApi } from './twin-api.js';

/** A plan, and whether it was only made or carried out, too. */
export interface PlanOutcome extends Plan {
  readonly dryRun: boolean;
}

/** Whether a change is only planned, and what it depends on. */
export interface RunMode {
  readonly dryRun: boolean;
  /** Entity tags of the thing that is addressed. */
  readonly preconditions?: Preconditions | undefined;
}

/** @throws a 412 of Ditto's; HeaderInvalid */
export function holdToTags({ preconditions = {} }: RunMode, match: ThingMatch, verb: 'modify' | 'delete'): void {
  checkPreconditions(preconditions, tagOf(match), verb, THING_PRECONDITIONS);
}

export function tagOf({ thing, state }: ThingMatch): string | undefined {
  return entityTag(thing, state.revision, []);
}

/** Makes plans, and carries each out in one commit. */
export class PlanRunner {
  constructor(
    private readonly api: Pick<TwinApi, 'things' | 'states'>,
    private readonly turns: OneAtATime,
  ) {}

  /**
   * A dry run answers with all that stands against the plan; a real one is refused with it.
   * @throws PlanRefused; what `make` throws
   */
  async run(
    make: (context: SignalContext) => Promise<Plan>,
    { dryRun }: RunMode,
    caller: SignalContext,
  ): Promise<PlanOutcome> {
    if (!dryRun) return this.turns.run(caller, async (context) => this.#carryOut(await make(context), context));
    const plan = await make(caller);
    return { ...plan, conflicts: await this.#conflictsOf(plan, caller), dryRun };
  }

  async #carryOut(plan: Plan, context: SignalContext): Promise<PlanOutcome> {
    if (plan.steps.length === 0 && plan.conflicts.length === 0) return { ...plan, dryRun: false };
    if (plan.conflicts.length > 0) await this.#refuse(plan, context);
    try {
      await this.api.things.executeAll(commandsOf(plan), context);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // The commands stop at the first one that is refused; the caller is told of all.
      await this.#refuse(plan, context);
      throw error;
    }
    return { ...plan, dryRun: false };
  }

  /** @throws PlanRefused when anything stands against the plan */
  async #refuse(plan: Plan, context: SignalContext): Promise<void> {
    const [first, ...others] = await this.#conflictsOf(plan, context);
    if (first !== undefined) throw new PlanRefused([first, ...others]);
  }

  async #conflictsOf(plan: Plan, context: SignalContext): Promise<readonly Conflict[]> {
    const known = [...plan.conflicts, ...(await this.#taken(plan))];
    const ids = new Set(known.map(({ thingId }) => thingId));
    const refusals = await this.api.things.rehearse(commandsOf(plan), context);
    return [...known, ...refusals.filter(({ thingId }) => !ids.has(thingId))];
  }

  /** IDs of new twins that are in use, whoever may read what has them. */
  async #taken({ steps }: Plan): Promise<readonly Conflict[]> {
    const ids = steps.flatMap(({ command }) => (command.kind === 'create' ? [command.thingId] : []));
    const states = await Promise.all(ids.map((id) => this.api.states.thing(id)));
    return ids.flatMap((thingId, index) =>
      liveThing(states[index]) === undefined ? [] : [{ thingId, error: new TwinExists(thingId) }],
    );
  }
}

function commandsOf({ steps }: Plan) {
  return steps.map(({ command }) => command);
}

function isRefusal(error: unknown): boolean {
  return error instanceof GemelError && error.code !== GuardConflict.code && error.status < 500;
}
