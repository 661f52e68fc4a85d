import { isJsonObject, valueAt, withoutValueAt } from '@gemel/model/json';
import type { JsonPointer } from '@gemel/model/json';
import { compileCriteria } from '@gemel/model/rql';
import type { Criteria } from '@gemel/model/rql';
import { ThingConditionFailed, commandUnlessEqual, liveThing, withHiddenMembers } from '@gemel/model/things';
import type { PreparedCommand, Thing, ThingState } from '@gemel/model/things';
import type { Clock } from '../ports/index.js';
import { checkPreconditions, entityTag, preconditionErrors, tagged } from '../signals/index.js';
import type { PreconditionVerb, SignalContext } from '../signals/index.js';
import { parseThingCondition } from './thing-conditions.js';
import type { ThingConditions } from './thing-conditions.js';

/** What a thing's entity tags are refused with. */
export const THING_PRECONDITIONS = preconditionErrors('things');

/** What a caller makes a command depend on. Order: entity tags, `if-equal`, RQL conditions. */
export class ThingPreconditions {
  constructor(private readonly clock: Clock) {}

  /**
   * For a thing that exists.
   * @param view what the caller may read: a condition sees nothing else
   * @throws GemelError 412, or 304 for a retrieve that is spared; ThingConditionInvalid
   */
  check(
    verb: PreconditionVerb,
    state: ThingState,
    path: JsonPointer,
    view: () => Thing | undefined,
    context: SignalContext,
  ): void {
    this.checkTags(verb, state, path, context);
    const { condition } = context;
    if (condition === undefined) return;
    if (!this.#holds(parseThingCondition(condition), state, view())) throw new ThingConditionFailed(condition);
  }

  /** @throws GemelError 412 or 304 with the current entity tag */
  checkTags(verb: PreconditionVerb, state: ThingState, path: JsonPointer, { preconditions }: SignalContext): void {
    if (preconditions === undefined) return;
    checkPreconditions(preconditions, entityTag(liveThing(state), state.revision, path), verb, THING_PRECONDITIONS);
  }

  /** The command, or what `if-equal` leaves of it. @throws GemelError 412 when it would change nothing */
  unlessEqual(command: PreparedCommand, state: ThingState, thing: Thing, { ifEqual }: SignalContext): PreparedCommand {
    if (ifEqual === undefined || command.kind === 'create') return command;
    const wanted = commandUnlessEqual(command, thing, ifEqual);
    if (wanted === undefined)
      throw tagged(new THING_PRECONDITIONS.equal(), entityTag(thing, state.revision, command.path));
    return wanted;
  }

  /**
   * The command, or what the conditions of its parts leave of it.
   * @throws ThingConditionFailed
   */
  checkConditions(
    { whole, parts }: ThingConditions,
    command: PreparedCommand,
    state: ThingState,
    view: () => Thing | undefined,
  ): PreparedCommand {
    this.checkCondition({ whole }, state, view);
    const readable = view();
    if (command.kind !== 'merge' || !isJsonObject(command.value)) return command;
    let patch = command.value;
    for (const { part, criteria } of parts) {
      if (valueAt(patch, part) === undefined || this.#holds(criteria, state, readable)) continue;
      patch = withoutValueAt(patch, part);
    }
    return patch === command.value ? command : { ...command, value: patch };
  }

  /** @throws ThingConditionFailed */
  checkCondition({ whole }: Pick<ThingConditions, 'whole'>, state: ThingState, view: () => Thing | undefined): void {
    if (whole !== undefined && !this.#holds(whole.criteria, state, view())) throw new ThingConditionFailed(whole.text);
  }

  #holds(criteria: Criteria, state: ThingState, view: Thing | undefined): boolean {
    const matches = compileCriteria(criteria, { now: this.clock.now() });
    return view !== undefined && matches(withHiddenMembers(view, state));
  }

  /** For a thing that is being created: tags count, conditions do not (OpenTwins' clients rely on that). */
  checkAbsent({ preconditions }: SignalContext): void {
    if (preconditions !== undefined) checkPreconditions(preconditions, undefined, 'modify', THING_PRECONDITIONS);
  }
}
